using System.Text.RegularExpressions;
using ArchUnitNET.Fluent;
using Finetune.Stages;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Finetune.Tests.Architecture;

/// <summary>Which folder may know which.</summary>
public sealed class DirectionTests
{
    public static TheoryData<string> StageFolders() => [.. BuiltInStages.All.Select(stage => Folder(stage.Kind))];

    [Theory]
    [InlineData("Diagnostics", "Documents|Planning|Caching|Execution")]
    [InlineData("Documents", "Planning|Caching|Execution")]
    [InlineData("Planning", "Caching|Execution")]
    [InlineData("Caching", "Documents|Execution")]
    public void The_graph_flows_one_way(string folder, string forbidden) =>
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching($@"^Finetune\.Graph\.{folder}(\.|$)")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespaceMatching($@"^Finetune\.Graph\.({forbidden})(\.|$)")
                .WithoutRequiringPositiveResults()
        );

    [Theory]
    [MemberData(nameof(StageFolders))]
    public void Stages_meet_only_through_artifacts(string stage) =>
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching($@"^Finetune\.Stages\.{stage}(\.|$)")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespaceMatching(
                    $@"^Finetune\.Stages\.(?!({stage}|Answering|Artifacts|Templates|Gates)(\.|$))\w"
                )
                .WithoutRequiringPositiveResults()
        );

    [Theory]
    [InlineData("Verdict")]
    [InlineData("Report")]
    [InlineData("Compilation")]
    [InlineData("Gates")]
    public void What_only_reads_results_touches_no_tensor(string folder) =>
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching($@"^Finetune\.Stages\.{folder}(\.|$)")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespaceMatching(
                    @"^TorchSharp(\.|$)|^Finetune\.Engine\.(Models|Training|Generation|Adapters)(\.|$)"
                )
                .WithoutRequiringPositiveResults()
        );

    [Theory]
    [InlineData("Graph")]
    [InlineData("Stages")]
    public void Only_the_engine_touches_tensors(string project) =>
        Holds(
            Types()
                .That()
                .ResideInNamespaceMatching($@"^Finetune\.{project}(\.|$)")
                .And()
                .DoNotResideInNamespaceMatching(@"^Finetune\.Stages\.(Train|Evaluate|Export)(\.|$)")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespaceMatching(@"^TorchSharp(\.|$)")
        );

    [Fact]
    public void Every_stage_has_its_folder() =>
        Assert.All(
            BuiltInStages.All,
            stage => Assert.Equal($"Finetune.Stages.{Folder(stage.Kind)}", stage.GetType().Namespace)
        );

    private static string Folder(string kind) => string.Concat(char.ToUpperInvariant(kind[0]).ToString(), kind[1..]);

    private static void Holds(IArchRule rule)
    {
        var broken = rule.Evaluate(Solution.Architecture)
            .Where(result => !result.Passed)
            .Select(result => Regex.Replace(result.Description, @"\s+", " "));

        Assert.Empty(broken);
    }
}
