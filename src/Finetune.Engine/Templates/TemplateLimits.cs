namespace Finetune.Engine.Templates;

/// <summary>
/// What a template may use up. Time is counted in steps, not seconds, so that a template stops at the same place on
/// every machine.
/// </summary>
/// <param name="Steps">Nodes evaluated, loop turns and characters looked through.</param>
/// <param name="Depth">Calls of macros within macros, loops within loops, lists within lists.</param>
/// <param name="Allocated">Characters of all texts and a share for each list item made on the way, together.</param>
/// <param name="Output">Characters of the result.</param>
public sealed record TemplateLimits(
    long Steps = 10_000_000,
    int Depth = 400,
    long Allocated = 128_000_000,
    int Output = 32_000_000
)
{
    /// <summary>Far above what a chat template needs.</summary>
    public static TemplateLimits Default { get; } = new();
}
