using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Hub;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Brings what a document takes from the Hub into the cache, and pins it.</summary>
[Command(
    "fetch",
    Description = "Download what a pipeline takes from the Hub and pin it in finetune.lock.json; --update moves the pins."
)]
internal sealed class FetchCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    [Option("--update", "Look revisions up again, and move the pins to where they are now", CommandOptionType.NoValue)]
    public bool Update { get; set; }

    public override async Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var compiled = Compile(surroundings, say: false);
        var wishes = Update ? compiled.FromHub : compiled.Missing;
        var pins = HubLock.In(DocumentFolder);
        var before = compiled.FromHub.ToDictionary(w => w, w => pins.CommitOf(w.Reference));
        if (Update)
        {
            foreach (var wish in wishes)
            {
                pins.Forget(wish.Reference);
            }
        }

        if (wishes.Count > 0)
        {
            await FetchAsync(surroundings, wishes, pins, p => p, Verbosity, cancellationToken);
        }

        foreach (var wish in compiled.FromHub)
        {
            var now = pins.CommitOf(wish.Reference);
            var moved = before[wish] is { } old && old != now ? $"  (was {old})" : "";
            surroundings.Out.WriteLine($"{wish.LockName}  {now}{moved}");
        }

        if (compiled.FromHub.Count == 0)
        {
            surroundings.Out.WriteLine($"{DisplayPath}: takes nothing from the Hub");
        }

        // What was not here could not be checked before.
        _ = Compile(surroundings);
        return (int)ExitCode.Ok;
    }
}
