using System.Xml.Linq;
using Finetune.Tests.Repository;

namespace Finetune.Tests.Architecture;

/// <summary>Graph knows nothing of machine learning, Engine nothing of graphs, Stages knows both, Cli wires them.</summary>
public sealed class ProjectReferenceTests
{
    [Theory]
    [InlineData("src/Finetune.Graph", "")]
    [InlineData("src/Finetune.Engine", "")]
    [InlineData("src/Finetune.Stages", "Finetune.Engine Finetune.Graph")]
    [InlineData("src/Finetune.Cli", "Finetune.Engine Finetune.Graph Finetune.Stages")]
    [InlineData("tests/Finetune.Tests", "Finetune.Engine Finetune.Graph Finetune.Stages")]
    [InlineData("tests/Finetune.Engine.Tests", "Finetune.Engine Finetune.Graph Finetune.Stages")]
    [InlineData("tests/Finetune.Benchmarks", "Finetune.Engine")]
    public void Projects_refer_to_exactly_these(string project, string expected)
    {
        var found = References(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);

        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("TorchSharp", "src/Finetune.Engine")]
    [InlineData("NJsonSchema", "src/Finetune.Stages")]
    [InlineData("Scriban.Signed", "src/Finetune.Stages")]
    [InlineData("Spectre.Console", "src/Finetune.Cli")]
    [InlineData("McMaster.Extensions.CommandLineUtils", "src/Finetune.Cli")]
    public void Only_one_project_of_the_product_asks_for(string package, string project)
    {
        var asking = Directory
            .EnumerateDirectories(RepositoryFiles.At("src"))
            .Select(RepositoryFiles.Display)
            .Where(candidate =>
                File.Exists(ProjectFile(candidate))
                && References(candidate, "PackageReference").Contains(package, StringComparer.Ordinal)
            );

        Assert.Equal([project], asking);
    }

    [Fact]
    public void Only_the_tool_brings_native_libraries()
    {
        var asking = Directory
            .EnumerateDirectories(RepositoryFiles.At("src"))
            .Select(RepositoryFiles.Display)
            .Where(candidate =>
                File.Exists(ProjectFile(candidate))
                && References(candidate, "PackageReference")
                    .Any(name => name.StartsWith("libtorch", StringComparison.Ordinal))
            );

        Assert.Equal(["src/Finetune.Cli"], asking);
    }

    private static IEnumerable<string> References(string project, string element) =>
        XDocument.Load(ProjectFile(project)).Descendants(element).Select(node => (string)node.Attribute("Include")!);

    private static string ProjectFile(string project) =>
        RepositoryFiles.At([.. project.Split('/'), Path.GetFileName(project) + ".csproj"]);
}
