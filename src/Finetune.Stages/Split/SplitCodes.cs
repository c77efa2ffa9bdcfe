namespace Finetune.Stages.Split;

/// <summary>Codes of what can go wrong when rows are parted.</summary>
internal static class SplitCodes
{
    public const string MissingColumn = "FT4401";
    public const string UnknownPart = "FT4402";
    public const string GroupCrosses = "FT4403";
    public const string Overlap = "FT4404";
    public const string NoTrainingRows = "FT4405";
    public const string EmptySplit = "FT4406";
}
