using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Ingest;

/// <summary>Reads the files of one source into rows. Input <c>files</c>. Private entries: <c>files</c> (display names,
/// a list).</summary>
public sealed class IngestStage : IStage
{
    private const int ProgressEvery = 10_000;

    /// <inheritdoc/>
    public string Kind => "ingest";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("rows", "rows.jsonl")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<IngestSettings>(context.Step.Settings);
        var errors = new FoundErrors();
        var files = SourceFile.Of(context);
        using var writer = RowFile.Create(context.Output("rows"));
        foreach (var row in Rows(settings, files, errors))
        {
            writer.Write(row);
            if (writer.Count == settings.Limit)
            {
                break;
            }

            if (writer.Count % ProgressEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                context.Progress.Report(new StageProgress("reading rows", writer.Count));
            }
        }

        errors.ThrowIfAny();
        if (writer.Count == 0)
        {
            throw new PipelineException(NoRows(files), ExitCode.StepFailed);
        }

        context.Facts["rows"] = writer.Count;
    }

    private static IEnumerable<Row> Rows(IngestSettings settings, IReadOnlyList<SourceFile> files, FoundErrors errors)
    {
        var names = new ColumnNames(settings.Columns);
        switch (settings.Format)
        {
            case "jsonl":
                return new JsonSource(names, errors).Read(files);
            case "csv":
                return files.SelectMany(new DelimitedSource((byte)',', names, errors).Read);
            case "parquet":
                return files.SelectMany(new ParquetSource(names, errors).Read);
            case "tsv":
                return files.SelectMany(new DelimitedSource((byte)'\t', names, errors).Read);
            default:
                throw new ArgumentException($"no reader for the format '{settings.Format}'", nameof(settings));
        }
    }

    private static Diagnostic NoRows(IReadOnlyList<SourceFile> files) =>
        new(
            IngestCodes.NoRows,
            $"there are no rows in {string.Join(", ", files.Select(f => f.DisplayName))}",
            new SourceSpan(files[0].DisplayName, 1, 1),
            Cure: "check 'path' and 'format' of the source"
        );
}
