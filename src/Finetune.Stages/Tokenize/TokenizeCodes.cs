namespace Finetune.Stages.Tokenize;

/// <summary>Codes of what can go wrong when examples become tokens.</summary>
internal static class TokenizeCodes
{
    public const string PrefixLaw = "FT3501";
    public const string Overlong = "FT3502";
    public const string NoLabels = "FT3503";
    public const string EndInside = "FT3504";
    public const string NothingLeft = "FT3505";
    public const string NoTokenizer = "FT7401";
    public const string NoEnd = "FT7402";
}
