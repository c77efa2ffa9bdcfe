using System.Globalization;

namespace Finetune.Stages.Artifacts;

/// <summary>What is made again with another training seed is called by it.</summary>
public static class SeedNames
{
    /// <summary>Such as <c>tuned.seed_2</c>, of what is <c>tuned</c> with the first seed.</summary>
    public static string Of(string name, long seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}.seed_{seed}");
}
