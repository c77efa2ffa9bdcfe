using System.Globalization;
using System.Xml.Linq;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Gates, and what a build server gets of a run.</summary>
public sealed class GateRunTests
{
    private static readonly string[] Handed =
    [
        "--junit",
        "out/junit.xml",
        "--summary",
        "out/summary.md",
        "--annotations",
    ];

    [SkippableFact]
    public void A_gate_over_an_interval_is_told_to_the_build_server_with_its_line()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 1,");
        work.Edit(
            "pipeline.yml",
            "report:",
            """
            require:
              - tuned.accuracy.high >= zero_shot.accuracy.low
              - "(tuned.accuracy - zero_shot.accuracy).low > 0.9"
            report:
            """
        );
        var variables = new Dictionary<string, string>
        {
            ["GITHUB_WORKSPACE"] = Path.GetDirectoryName(work.Folder)!,
            ["GITHUB_STEP_SUMMARY"] = Path.Combine(work.Folder, "step.md"),
        };
        File.WriteAllText(variables["GITHUB_STEP_SUMMARY"], "before\n");

        var run = ToolProcess.Run(work.Folder, ["run", .. Handed], variables: variables);

        Assert.Equal(4, run.ExitCode);
        var lines = File.ReadAllLines(work.Pipeline);
        var at = Array.FindIndex(lines, l => l.Contains(".low > 0.9", StringComparison.Ordinal)) + 1;
        Assert.Contains($"pipeline.yml:{at}:6: error FT8105: gate not met: (", run.Error, StringComparison.Ordinal);
        var place = $"{Path.GetFileName(work.Folder)}/pipeline.yml";
        Assert.Contains($"::error file={place},line={at},col=6,title=FT8105::gate", run.Out, StringComparison.Ordinal);
        Assert.Contains("::notice title=verdict::Tuned answers ", run.Out, StringComparison.Ordinal);

        var junit = XDocument.Load(Path.Combine(work.Folder, "out", "junit.xml")).Root!;
        Assert.Equal(("1", "0"), (Attribute(junit, "failures"), Attribute(junit, "errors")));
        Assert.Equal(["steps", "gates"], junit.Elements().Select(s => Attribute(s, "name")));
        Assert.Equal(
            junit.Descendants("testcase").Count(),
            int.Parse(Attribute(junit, "tests"), CultureInfo.InvariantCulture)
        );
        var gate = junit.Descendants("failure").Single().Parent!;
        Assert.Equal(
            ("small.gates", "(tuned.accuracy - zero_shot.accuracy).low > 0.9", $"{at}"),
            (Attribute(gate, "classname"), Attribute(gate, "name"), Attribute(gate, "line"))
        );
        Assert.Contains(junit.Descendants("testcase"), c => Attribute(c, "name") == "train.instruct");

        var summary = File.ReadAllText(Path.Combine(work.Folder, "out", "summary.md"));
        Assert.StartsWith("## small: a gate is not met\n\n**Tuned answers ", summary, StringComparison.Ordinal);
        Assert.Contains("| | accuracy |", summary, StringComparison.Ordinal);
        Assert.Contains("| tuned against zero-shot |", summary, StringComparison.Ordinal);
        Assert.Contains("- ✅ `tuned.accuracy.high (", summary, StringComparison.Ordinal);
        Assert.Contains("- ❌ `(tuned.accuracy - zero", summary, StringComparison.Ordinal);
        Assert.Equal($"before\n{summary}\n", File.ReadAllText(variables["GITHUB_STEP_SUMMARY"]));

        // On a run from the cache too, by a gate of the command line; nothing is written that was not asked for.
        var cached = ToolProcess.Run(work.Folder, ["run", "--require", "tuned.accuracy.low >= 0"]);
        Assert.Equal(4, cached.ExitCode);
        Assert.DoesNotContain("::", cached.Out, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_step_that_fails_is_an_error_and_what_hangs_on_it_is_skipped()
    {
        using var work = new Workspace();
        var path = Path.Combine(work.Folder, "household.csv");
        File.AppendAllText(path, "\"a | <b> \u0001 `c`\"\n");

        var run = ToolProcess.Run(work.Folder, ["run", .. Handed]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("::error ", run.Out, StringComparison.Ordinal);
        var junit = XDocument.Load(Path.Combine(work.Folder, "out", "junit.xml")).Root!;
        Assert.Equal("1", Attribute(junit, "errors"));
        Assert.Equal("ingest.requests", Attribute(junit.Descendants("error").Single().Parent!, "name"));
        Assert.Contains("FT2", junit.Descendants("error").Single().Value, StringComparison.Ordinal);
        Assert.Equal(8, junit.Descendants("skipped").Count());
        var summary = File.ReadAllText(Path.Combine(work.Folder, "out", "summary.md"));
        Assert.StartsWith("## small: a step failed\n", summary, StringComparison.Ordinal);
        Assert.Contains("error FT2", summary, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_document_that_is_not_valid_is_one_error_with_every_place()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "seed: 7", "sead: 7\nrequire: [tuned.accuracy.lo > 1]");

        var run = ToolProcess.Run(work.Folder, ["run", .. Handed]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("::error file=pipeline.yml,line=3,col=1,title=FT1101::", run.Out, StringComparison.Ordinal);
        Assert.Contains("no end of an interval: .low or .high is wanted", run.Error, StringComparison.Ordinal);
        var junit = XDocument.Load(Path.Combine(work.Folder, "out", "junit.xml")).Root!;
        var error = junit.Descendants("error").Single();
        Assert.Equal("FT1101 FT8101", Attribute(error, "type"));
        Assert.Contains("pipeline.yml:4:", error.Value, StringComparison.Ordinal);
        Assert.StartsWith(
            "## pipeline.yml: the document is not valid\n",
            File.ReadAllText(Path.Combine(work.Folder, "out", "summary.md")),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(Path.Combine(work.Folder, ".finetune")));
    }

    private static string Attribute(XElement element, string name) => element.Attribute(name)!.Value;
}
