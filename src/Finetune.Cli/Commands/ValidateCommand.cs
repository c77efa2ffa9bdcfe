using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says everything that is wrong with a document, at once.</summary>
[Command("validate", Description = "Check a pipeline: every mistake at once, each with its place and cure.")]
internal sealed class ValidateCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var compiled = Compile(surroundings);
        if (Verbosity > Verbosity.Quiet)
        {
            surroundings.Out.WriteLine($"{DisplayPath}: valid, {compiled.Plan.Steps.Count} steps");
            foreach (var wish in compiled.Missing)
            {
                surroundings.Out.WriteLine(
                    $"  {wish.Reference.Name} is not downloaded yet, so what it holds is not checked"
                );
            }
        }

        return Task.FromResult((int)ExitCode.Ok);
    }
}
