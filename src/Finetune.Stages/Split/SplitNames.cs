namespace Finetune.Stages.Split;

/// <summary>The three splits; everywhere in this stage a split is an index into this.</summary>
internal static class SplitNames
{
    public const int Train = 0;
    public const int Validation = 1;
    public const int Test = 2;

    public static IReadOnlyList<string> All { get; } = ["train", "validation", "test"];
}
