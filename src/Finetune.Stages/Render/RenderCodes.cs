namespace Finetune.Stages.Render;

/// <summary>Codes of what can go wrong when rows become examples.</summary>
internal static class RenderCodes
{
    public const string NoAnswer = "FT3402";
    public const string EmptyCompletion = "FT3403";
    public const string NotAChoice = "FT3404";
    public const string ChoiceColumn = "FT3405";
    public const string NoChoices = "FT3406";
    public const string SameCompletion = "FT3407";
    public const string NoChatTemplate = "FT3409";
    public const string OtherPrompt = "FT3410";
    public const string SamePair = "FT3411";
}
