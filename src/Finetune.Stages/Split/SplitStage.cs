using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>Parts rows before templates see them. Input <c>rows</c>, or <c>train</c>, <c>validation</c>, <c>test</c>.</summary>
public sealed class SplitStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "split";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [
        new("train", "train.jsonl"),
        new("validation", "validation.jsonl"),
        new("test", "test.jsonl"),
        new("ledger", "ledger.json"),
    ];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<SplitSettings>(context.Step.Settings);
        var errors = new FoundErrors(StepPlace.Of(context.Step.Private));
        var index = new RowIndex();
        foreach (var (path, part) in Inputs(context, settings))
        {
            cancellationToken.ThrowIfCancellationRequested();
            index.Add(RowFile.Read(path), settings, part, errors);
        }

        errors.ThrowIfAny();
        var parts = settings.By switch
        {
            "hash" => HashParting.Assign(index, settings),
            "random" => RandomParting.Assign(index, settings),
            _ => NamedParting.Assign(index, settings, errors),
        };
        errors.ThrowIfAny();
        var overlaps = settings.OverlapColumns.Count == 0 ? [] : OverlapFinder.Find(index.Entries, parts);
        Judge(overlaps, settings, context, errors);
        errors.ThrowIfAny();
        var dropped =
            settings.Overlap == "drop" && overlaps.Count > 0
                ? OverlapFinder.Dropped(index.Entries, parts)
                : new bool[parts.Length];
        var ledger = SplitAccount.Of(index, settings, parts, dropped, overlaps);
        CheckSizes(ledger, settings, context);
        Write(context, settings, parts, dropped, cancellationToken);
        LedgerFile.Write(context.Output("ledger"), ledger);
    }

    private static IEnumerable<(string Path, int? Part)> Inputs(StageContext context, SplitSettings settings)
    {
        if (settings.By != "sources")
        {
            return [(context.Input("rows"), null)];
        }

        return SplitNames
            .All.Select((name, i) => (name, i))
            .Where(s => context.InputPaths.ContainsKey(s.name))
            .Select(s => (context.Input(s.name), (int?)s.i));
    }

    private static void Judge(
        IReadOnlyList<SplitOverlap> overlaps,
        SplitSettings settings,
        StageContext context,
        FoundErrors errors
    )
    {
        foreach (var overlap in overlaps)
        {
            if (settings.Overlap == "error")
            {
                errors.Add(OverlapFinder.Describe(overlap, settings, Severity.Error));
            }
            else if (settings.Overlap == "warn")
            {
                context.Warn(
                    OverlapFinder.Describe(overlap, settings, Severity.Warning) with
                    {
                        Span = StepPlace.Of(context.Step.Private),
                    }
                );
            }
        }
    }

    private static void CheckSizes(SplitLedger ledger, SplitSettings settings, StageContext context)
    {
        var train = ledger.Splits[SplitNames.All[SplitNames.Train]];
        if (train.Rows == 0)
        {
            var why = train.Dropped > 0 ? "every training row equals one of another split" : "no row falls into train";
            throw new PipelineException(
                new Diagnostic(
                    SplitCodes.NoTrainingRows,
                    $"{why}: there is nothing to train on",
                    StepPlace.Of(context.Step.Private),
                    KeyPath: "splits",
                    Cure: "give train more rows, or change 'splits.by'"
                ),
                ExitCode.StepFailed
            );
        }

        var shares = Shares.Of(settings);
        for (var i = SplitNames.Validation; i < SplitNames.All.Count; i++)
        {
            if (shares[i] > 0 && ledger.Splits[SplitNames.All[i]].Rows == 0)
            {
                context.Warn(
                    new Diagnostic(
                        SplitCodes.EmptySplit,
                        $"no row falls into {SplitNames.All[i]}",
                        StepPlace.Of(context.Step.Private),
                        KeyPath: $"splits.{SplitNames.All[i]}",
                        Cure: "'splits.by: random' meets the fractions exactly where there are few rows",
                        Severity: Severity.Warning
                    )
                );
            }
        }
    }

    // A second pass: rows go from file to file, in file order, without being kept.
    private static void Write(
        StageContext context,
        SplitSettings settings,
        int[] parts,
        bool[] dropped,
        CancellationToken cancellationToken
    )
    {
        using var train = RowFile.Create(context.Output("train"));
        using var validation = RowFile.Create(context.Output("validation"));
        using var test = RowFile.Create(context.Output("test"));
        JsonLinesWriter<Row>[] writers = [train, validation, test];
        var next = 0;
        foreach (var row in Inputs(context, settings).SelectMany(i => RowFile.Read(i.Path)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!dropped[next])
            {
                writers[parts[next]].Write(row);
            }

            next++;
        }
    }
}
