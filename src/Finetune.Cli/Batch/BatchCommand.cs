using System.Text;
using System.Text.Json;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Batch;

/// <summary>
/// JSONL in, JSONL out, one line a row, in order, streaming. A bad row ends it with exit code 3, the rows before it
/// written; with <c>--keep-going</c> the bad row becomes <c>{"error": ...}</c> and the end is still 3.
/// </summary>
/// <typeparam name="TRow">A row once it is read.</typeparam>
internal abstract class BatchCommand<TRow> : ToolCommand
{
    [Option("--input <FILE>", "Rows, one JSON object a line; standard input by default", CommandOptionType.SingleValue)]
    public string? Input { get; set; }

    [Option("--keep-going", "Answer a bad row with {\"error\": ...} and go on", CommandOptionType.NoValue)]
    public bool KeepGoing { get; set; }

    /// <summary>How many rows are answered together. Fixed, so that an answer never depends on timing.</summary>
    protected virtual int GroupSize => 1;

    /// <summary>Whether so many rows are all that are wanted.</summary>
    protected virtual bool IsEnough(long rows) => false;

    /// <summary>Loads what every row needs.</summary>
    protected abstract void Open(Surroundings surroundings);

    /// <summary>Checks one row.</summary>
    /// <exception cref="RowException">It cannot be used.</exception>
    protected abstract TRow Read(InputRow row);

    /// <summary>Answers rows, in order, a line each.</summary>
    /// <exception cref="RowException">The one row there is cannot be answered (groups of one only).</exception>
    protected abstract void Answer(IReadOnlyList<TRow> rows, JsonOutput output);

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        Open(surroundings);
        using var stream = OpenInput(surroundings);
        using var output = new JsonOutput(surroundings.Out);
        var group = new List<TRow>();
        var isBad = false;
        foreach (var (number, read, failure) in Rows(stream))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (failure is null)
            {
                group.Add(read!);
                if (group.Count < GroupSize)
                {
                    continue;
                }
            }

            isBad |= Flush(group, number, output);
            if (failure is not null)
            {
                isBad = true;
                Refuse(number, failure, output);
            }
        }

        isBad |= Flush(group, 0, output);
        return Task.FromResult((int)(isBad ? ExitCode.StepFailed : ExitCode.Ok));
    }

    private bool Flush(List<TRow> group, long lastNumber, JsonOutput output)
    {
        if (group.Count == 0)
        {
            return false;
        }

        try
        {
            Answer(group, output);
            return false;
        }
        catch (RowException e) when (group.Count == 1)
        {
            Refuse(lastNumber, e, output);
            return true;
        }
        finally
        {
            group.Clear();
        }
    }

    private IEnumerable<(long Number, TRow? Row, RowException? Failure)> Rows(Stream stream)
    {
        using var lines = InputLines.Read(stream).GetEnumerator();
        long last = 0;
        while (true)
        {
            (long Number, TRow? Row, RowException? Failure) next;
            var isLast = false;
            try
            {
                if (IsEnough(last) || !lines.MoveNext())
                {
                    yield break;
                }

                last = lines.Current.Number;
                next = (last, Parse(lines.Current.Number, lines.Current.Text), null);
            }
            catch (RowException e)
            {
                next = (last, default, e);
            }
            catch (PrefixLawException e)
            {
                next = (last, default, new RowException("FT3010", e.Message, "end the prompt without white space"));
            }
            catch (DecoderFallbackException)
            {
                // A decoder that failed has lost its place: no row after this one can be told apart.
                next = (last + 1, default, new RowException("FT2004", "not UTF-8 text", "save the input as UTF-8"));
                isLast = true;
            }

            yield return next;
            if (isLast)
            {
                yield break;
            }
        }
    }

    private TRow Parse(long number, string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new RowException(
                "FT2002",
                $"not JSON at column {e.BytePositionInLine + 1}",
                "one JSON object a line; --keep-going goes on after bad rows"
            );
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(new InputRow(number, document.RootElement))
                : throw new RowException("FT2002", "JSON, but no object", "one JSON object a line");
        }
    }

    private void Refuse(long number, RowException failure, JsonOutput output)
    {
        if (!KeepGoing)
        {
            throw new PipelineException(
                new Diagnostic(failure.Code, failure.Message, Cure: failure.Cure, Row: number),
                ExitCode.StepFailed
            );
        }

        output.Write(json =>
        {
            json.WriteString("error", failure.Message);
            json.WriteNumber("row", number);
        });
    }

    /// <summary>The rows as JSONL, opened after <see cref="Open"/>.</summary>
    /// <exception cref="UsageException">The file is not there.</exception>
    protected virtual Stream OpenInput(Surroundings surroundings)
    {
        if (Input is null or "-")
        {
            return surroundings.OpenInput();
        }

        return File.Exists(Input)
            ? File.OpenRead(Input)
            : throw new UsageException(
                $"there is no file '{Input}'",
                NearestMatch.OfFile(Input) is { } near ? $"did you mean '{near}'?" : "name a file of rows with --input"
            );
    }
}
