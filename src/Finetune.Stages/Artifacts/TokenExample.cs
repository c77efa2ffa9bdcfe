namespace Finetune.Stages.Artifacts;

/// <summary>One example in tokens.</summary>
/// <param name="InputIds">Its ids, end of sequence included. For a model with an encoder, its source (all before the
/// first id that carries loss), then its target.</param>
/// <param name="LossMask">For every id, whether it carries loss.</param>
/// <param name="ExampleLine">0-based line in the examples file.</param>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The template's name.</param>
public sealed record TokenExample(int[] InputIds, bool[] LossMask, long ExampleLine, long Row, string Template)
{
    /// <summary>The name under which a template's worse completions lie, each right behind its better one. No template
    /// has such a name.</summary>
    public static string RejectedOf(string template) => $"{template}/rejected";
}
