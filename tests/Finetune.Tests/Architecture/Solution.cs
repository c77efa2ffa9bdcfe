using System.Reflection;
using ArchUnitNET.Loader;
using Finetune.Engine;
using Finetune.Graph.Planning;
using Finetune.Stages;

namespace Finetune.Tests.Architecture;

/// <summary>The product's libraries, read once. Types are read as metadata; no native library is loaded.</summary>
internal static class Solution
{
    public static Assembly Graph { get; } = typeof(Step).Assembly;

    public static Assembly Engine { get; } = typeof(ModelFileException).Assembly;

    public static Assembly Stages { get; } = typeof(BuiltInStages).Assembly;

    public static IReadOnlyList<Assembly> Assemblies { get; } = [Graph, Engine, Stages];

    public static ArchUnitNET.Domain.Architecture Architecture { get; } =
        new ArchLoader().LoadAssemblies(Graph, Engine, Stages).Build();
}
