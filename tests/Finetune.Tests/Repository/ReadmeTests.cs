using System.Text.RegularExpressions;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation;

namespace Finetune.Tests.Repository;

public sealed partial class ReadmeTests
{
    [SkippableFact]
    public void Every_command_in_the_readme_is_a_command_of_the_tool()
    {
        var readme = RepositoryFiles.At("README.md");
        Skip.IfNot(File.Exists(readme), "there is no README.md");
        var verbs = Verbs();

        var written = ShellBlock()
            .Matches(File.ReadAllText(readme))
            .SelectMany(block => Invocation().Matches(block.Groups[1].Value))
            .Select(call => call.Groups["verb"].Value)
            .Where(verb => !verb.StartsWith('-'))
            .ToList();

        Assert.NotEmpty(written);
        Assert.Empty(written.Where(verb => !verbs.Contains(verb)).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void The_document_that_the_readme_explains_is_valid()
    {
        var document = YamlBlock().Match(File.ReadAllText(RepositoryFiles.At("README.md"))).Groups[1].Value;
        var folder = Directory.CreateTempSubdirectory("finetune-readme-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "requests.csv"),
                "text,intent\n"
                    + string.Concat(Enumerable.Range(0, 60).Select(i => $"words {i},{(i % 2 == 0 ? 'a' : 'b')}\n"))
            );
            var path = Path.Combine(folder, "pipeline.yml");

            var compiled = Compiler.Compile(
                DocumentReader.Parse(document, path, "pipeline.yml", []),
                new CompileOptions()
            );

            Assert.Empty(compiled.Warnings);
            Assert.Equal("household", compiled.Plan.Name);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the command classes call themselves; read as text, so that the tool's assembly (and libtorch beside
    /// it) is no reference of this suite.</summary>
    private static HashSet<string> Verbs() =>
        [
            .. RepositoryFiles
                .CSharp("src", "Finetune.Cli")
                .SelectMany(path => CommandAttribute().Matches(File.ReadAllText(path)))
                .Select(match => match.Groups[1].Value),
        ];

    [GeneratedRegex(@"^```(?:sh|bash|console)\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^```yaml\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(
        @"(?:dotnet finetune|dotnet run --project src/Finetune\.Cli(?: -c Release)? --)[ \t]+(?<verb>[^\s#|&;>]+)"
    )]
    private static partial Regex Invocation();

    [GeneratedRegex(@"\[Command\(\s*""([a-z-]+)""")]
    private static partial Regex CommandAttribute();
}
