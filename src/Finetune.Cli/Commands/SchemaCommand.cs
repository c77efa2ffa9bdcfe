using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Compilation.Schema;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Prints the JSON schema of the document.</summary>
[Command("schema", Description = "Print the JSON schema of pipeline documents, for editors.")]
internal sealed class SchemaCommand : ToolCommand
{
    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        surroundings.Out.Write(PipelineSchema.Json);
        return Task.FromResult((int)ExitCode.Ok);
    }
}
