using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Compilation.Schema;
using Finetune.Stages.Report;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Prints the JSON schema of the document, or of reports.</summary>
[Command("schema", Description = "Print the JSON schema of pipeline documents, for editors, or of report.json.")]
internal sealed class SchemaCommand : ToolCommand
{
    [Option("--report", "Of report.json, for programs that read it", CommandOptionType.NoValue)]
    public bool Report { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        surroundings.Out.Write(Report ? ReportSchema.Json : PipelineSchema.Json);
        return Task.FromResult((int)ExitCode.Ok);
    }
}
