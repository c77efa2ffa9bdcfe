using System.Globalization;
using Finetune.Cli.Batch;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation;
using Finetune.Stages.Ingest;
using Finetune.Stages.Render;
using Finetune.Stages.Templates;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Shows what the model will see: each row in each template, with its spans and, if asked, its tokens.</summary>
[Command(
    "render",
    Description = "Show rows as the model will see them: prompt, completion, spans; --tokens adds ids and mask. "
        + "With --model, JSONL: {\"messages\"} to {\"text\",\"assistant_spans\"} by the model's chat template."
)]
internal sealed class RenderCommand : BatchCommand<IReadOnlyList<RenderCommand.Rendered>>
{
    private IReadOnlyList<RowRenderer> _renderers = [];
    private IngestSettings? _source;
    private FileInput? _files;
    private Tokenizer? _tokenizer;
    private Boundary _boundary;
    private int _eos;

    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public string? Pipeline { get; set; }

    [Option("--template <NAME>", "Only this template", CommandOptionType.SingleValue)]
    public string? Template { get; set; }

    [Option("--source <NAME>", "Which source's rows; the first by default", CommandOptionType.SingleValue)]
    public string? Source { get; set; }

    [Option("--rows <N>", "Only the first N rows", CommandOptionType.SingleValue)]
    public long? Rows { get; set; }

    [Option("--tokens", "Ids, tokens, loss mask and end of sequence too", CommandOptionType.NoValue)]
    public bool Tokens { get; set; }

    [Option("--set <ASSIGNMENT>", "Replace a value of the document, KEY=VALUE", CommandOptionType.MultipleValue)]
    public string[] Set { get; set; } = [];

    [Option("--model <DIR>", "A model whose chat template renders conversations", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option("--now <TIME>", "With --model: the time that a template sees, in ISO 8601", CommandOptionType.SingleValue)]
    public string? Now { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken) =>
        Model is null
            ? base.RunAsync(surroundings, cancellationToken)
            : new ConversationRendering(Model, Now) { Input = Input, KeepGoing = KeepGoing }.RunAsync(
                surroundings,
                cancellationToken
            );

    protected override void Open(Surroundings surroundings)
    {
        var compiled = new ValidateCommand { Pipeline = Pipeline, Set = Set }.CompileWhole(surroundings);
        var render = compiled.Plan.Steps.Single(step => step.Kind == "render");
        var templates = StageJson.FromJson<RenderSettings>(render.Settings).Templates;
        _renderers =
        [
            .. templates
                .Where(template => Template is null || string.Equals(template.Name, Template, StringComparison.Ordinal))
                .Select(template => new RowRenderer(template, compiled.Prediction.TokenizerFolder)),
        ];
        if (_renderers.Count == 0)
        {
            throw Unknown("template", Template!, templates.Select(template => template.Name));
        }

        var sources = compiled.Plan.Steps.Where(step => step.Kind == "ingest").ToList();
        var source = Source is null
            ? sources[0]
            : compiled.Plan.Find($"ingest.{Source}")
                ?? throw Unknown("source", Source, sources.Select(step => step.Name["ingest.".Length..]));
        _source = StageJson.FromJson<IngestSettings>(source.Settings);
        _files = source.Inputs.OfType<FileInput>().Single();
        if (Tokens)
        {
            OpenTokenizer(compiled);
        }
    }

    protected override Stream OpenInput(Surroundings surroundings)
    {
        if (Input is "-")
        {
            return base.OpenInput(surroundings);
        }

        if (Input is not null)
        {
            using var found = base.OpenInput(surroundings);
            return TableInput
                .OpenAsync(Input, TableInput.FormatOf(Input), CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }

        return new JoinedStream(
            _files!.Paths.Select(path =>
                TableInput.OpenAsync(path, _source!.Format, CancellationToken.None).GetAwaiter().GetResult()
            )
        );
    }

    protected override bool IsEnough(long rows) => rows >= Rows;

    protected override IReadOnlyList<Rendered> Read(InputRow row)
    {
        var values = TableInput.Named(row.Json, _source!.Columns);
        return
        [
            .. _renderers.Select(renderer =>
            {
                var worded = renderer.Render(values);
                return new Rendered(
                    row.Number,
                    renderer.Name,
                    worded,
                    _tokenizer is null ? null : Encoded.Of(worded, _tokenizer, _boundary, _eos)
                );
            }),
        ];
    }

    protected override void Answer(IReadOnlyList<IReadOnlyList<Rendered>> rows, JsonOutput output)
    {
        foreach (var rendered in rows.SelectMany(row => row))
        {
            output.Write(json =>
            {
                json.WriteNumber("row", rendered.Row);
                json.WriteString("template", rendered.Template);
                json.WriteString("prompt", rendered.Text.Prompt);
                json.WriteString("completion", rendered.Text.Completion);
                json.WriteStartArray("spans");
                foreach (var (start, end, scored) in Spans(rendered.Text))
                {
                    json.WriteStartObject();
                    json.WriteNumber("start", start);
                    json.WriteNumber("end", end);
                    json.WriteBoolean("scored", scored);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                if (rendered.Encoded is { } encoded)
                {
                    json.WriteNumbers("ids", encoded.Ids);
                    json.WriteStartArray("tokens");
                    foreach (var id in encoded.Ids)
                    {
                        json.WriteStringValue(_tokenizer!.TokenOf(id) ?? id.ToString(CultureInfo.InvariantCulture));
                    }

                    json.WriteEndArray();
                    json.WriteNumbers("mask", encoded.Mask.Select(scored => scored ? 1 : 0));
                    json.WriteNumber("eos", encoded.EosId);
                }
            });
        }
    }

    private void OpenTokenizer(CompiledPipeline compiled)
    {
        var prediction = compiled.Prediction;
        _tokenizer = Tokenizer.Load(prediction.TokenizerFolder);
        _boundary = ModelInputs.BoundaryOf(prediction.Settings.Boundary);
        _eos =
            _tokenizer.EosId
            ?? throw new PipelineException(
                new Diagnostic("FT3502", "the tokenizer names no end-of-sequence token", KeyPath: "model.tokenizer"),
                ExitCode.StepFailed
            );
    }

    // The whole text in pieces, with those that carry loss.
    private static IEnumerable<(int Start, int End, bool Scored)> Spans(Worded text)
    {
        var at = 0;
        foreach (var turn in text.Chat?.Turns ?? [])
        {
            yield return (at, turn.Start, false);
            yield return (turn.Start, turn.End, true);
            at = turn.End;
        }

        var prompt = CodePoints(text.Prompt);
        yield return (at, prompt, false);
        yield return (prompt, prompt + CodePoints(text.Completion), true);
    }

    private static int CodePoints(string text) => text.EnumerateRunes().Count();

    private static UsageException Unknown(string what, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        return new UsageException(
            $"there is no {what} '{name}'",
            NearestMatch.Of(name, names) is { } near
                ? $"did you mean '{near}'?"
                : $"there is {string.Join(", ", names)}"
        );
    }

    /// <summary>A row in a template.</summary>
    internal sealed record Rendered(long Row, string Template, Worded Text, Encoded? Encoded);

    /// <summary>Its tokens.</summary>
    internal sealed record Encoded(int[] Ids, bool[] Mask, int EosId)
    {
        public static Encoded Of(Worded text, Tokenizer tokenizer, Boundary boundary, int eosId)
        {
            var end = ModelInputs.EndOf(text.Chat, tokenizer, eosId);
            var plain = text.Chat is null;
            var ids = ExampleEncoder.Encode(tokenizer, text.Prompt, text.Completion, boundary, end, plain);
            var mask = TurnMask.Of(ids, tokenizer, text.Prompt, ChatExample.TurnsOf(text.Chat));
            return new Encoded(ids.InputIds, mask, end);
        }
    }
}
