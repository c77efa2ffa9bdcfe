using System.Globalization;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Looks after a store.</summary>
[Command("cache", Description = "Look after the store: info, verify or gc.")]
internal sealed class CacheCommand : StoreCommand
{
    private static readonly string[] Actions = ["info", "verify", "gc"];

    [Argument(0, "action", "info, verify or gc")]
    public string? Action { get; set; }

    [Option("--repair", "verify: remove damaged entries, their steps run again", CommandOptionType.NoValue)]
    public bool Repair { get; set; }

    [Option("--max-size <MIB>", "gc: budget in MiB", CommandOptionType.SingleValue)]
    public long? MaxSize { get; set; }

    [Option("--max-age <DAYS>", "gc: older results go", CommandOptionType.SingleValue)]
    public int? MaxAge { get; set; }

    [Option("--dry-run", "gc: only say what would go", CommandOptionType.NoValue)]
    public bool DryRun { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var store = Store(surroundings);
        var maintenance = new CacheMaintenance(store, surroundings.Clock);
        return Task.FromResult(
            (int)(
                Action switch
                {
                    "info" => Info(surroundings, maintenance, store.Paths.Root),
                    "verify" => Verify(surroundings, maintenance),
                    "gc" => Collect(surroundings, maintenance),
                    _ => throw new UsageException($"cache knows no '{Action}'", string.Join(", ", Actions)),
                }
            )
        );
    }

    private static ExitCode Info(Surroundings surroundings, CacheMaintenance maintenance, string root)
    {
        var info = maintenance.Info();
        surroundings.Out.WriteLine(
            $"{root}: {info.Results} results, {info.Blobs} files, {Mebibytes(info.Bytes)} MiB, {info.Runs} runs"
        );
        return ExitCode.Ok;
    }

    private ExitCode Verify(Surroundings surroundings, CacheMaintenance maintenance)
    {
        var faults = maintenance.Verify(Repair);
        foreach (var fault in faults)
        {
            surroundings.Out.WriteLine(fault);
        }

        surroundings.Out.WriteLine(
            faults.Count == 0 ? "every entry is whole"
            : Repair ? $"{faults.Count} entries removed"
            : $"{faults.Count} entries damaged; --repair removes them"
        );
        return faults.Count == 0 || Repair ? ExitCode.Ok : ExitCode.CacheDamaged;
    }

    private ExitCode Collect(Surroundings surroundings, CacheMaintenance maintenance)
    {
        var budget = MaxSize is { } mebibytes ? mebibytes << 20 : CacheMaintenance.DefaultBudget;
        var collected =
            maintenance.Collect(budget, MaxAge is { } days ? TimeSpan.FromDays(days) : null, DryRun)
            ?? throw new PipelineException(
                new Diagnostic("FT6302", "a run holds the store", Cure: "collect when it has ended"),
                ExitCode.Lock
            );
        surroundings.Out.WriteLine(
            $"{(DryRun ? "would remove" : "removed")} {collected.Results} results, {collected.Blobs} files, {Mebibytes(collected.Bytes)} MiB"
        );
        return ExitCode.Ok;
    }

    private static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
