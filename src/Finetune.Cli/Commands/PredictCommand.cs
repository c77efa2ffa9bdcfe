using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Engine.Native;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation;
using Finetune.Stages.Evaluate;
using Finetune.Stages.Ingest;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Labels new rows with the tuned model, its template and its choices: the decoder of the evaluation.</summary>
[Command("predict", Description = "Label new rows (csv, tsv, jsonl) with the tuned model; JSONL out.")]
internal sealed class PredictCommand : BatchCommand<Question>
{
    private RowRenderer? _renderer;
    private Responder? _responder;
    private PredictionTemplate? _prediction;
    private AnswerReader? _reader;
    private IReadOnlyDictionary<string, string> _columns = new Dictionary<string, string>();
    private IReadOnlyDictionary<string, TemplateChoices> _choices = new Dictionary<string, TemplateChoices>();

    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public string? Pipeline { get; set; }

    [Option("--set <ASSIGNMENT>", "Replace a value of the document, KEY=VALUE", CommandOptionType.MultipleValue)]
    public string[] Set { get; set; } = [];

    [Option("--cache <DIR>", "The store", CommandOptionType.SingleValue)]
    public string? Cache { get; set; }

    [Option("--limit <N>", "As the run was limited", CommandOptionType.SingleValue)]
    public long? Limit { get; set; }

    [Option("--device <DEVICE>", DeviceArgument.BesideDocument, CommandOptionType.SingleValue)]
    public string? Device { get; set; }

    protected override int GroupSize => 16;

    protected override void Open(Surroundings surroundings)
    {
        var document = new ValidateCommand
        {
            Pipeline = Pipeline,
            Set = Set,
            Cache = Cache,
            Limit = Limit,
            Device = Device,
        };
        var compiled = document.CompileWhole(surroundings);
        _prediction = compiled.Prediction;
        _reader = AnswerReader.Of(_prediction.Answers);
        _renderer = new RowRenderer(_prediction.Template, _prediction.TokenizerFolder);
        var ingest = compiled.Plan.Steps.First(step => step.Kind == "ingest");
        _columns = StageJson.FromJson<IngestSettings>(ingest.Settings).Columns;
        var store = new ArtifactStore(document.StoreRoot(surroundings), surroundings.Clock);
        var forecasts = new Inspector(store).Inspect(compiled.Plan, _ => { });
        _choices = ChoiceFile.Read(Made(store, forecasts, _prediction.ChoicesStep, _prediction.ChoicesOutput));
        var tuned = _prediction.TrainStep is { } step ? Made(store, forecasts, step, "model") : null;
        _responder = Responder(_prediction, tuned, DeviceArgument.Here(compiled.Device));
    }

    protected override Stream OpenInput(Surroundings surroundings)
    {
        if (Input is null or "-")
        {
            return base.OpenInput(surroundings);
        }

        using var found = base.OpenInput(surroundings);
        return TableInput.OpenAsync(Input, TableInput.FormatOf(Input), CancellationToken.None).GetAwaiter().GetResult();
    }

    protected override Question Read(InputRow row)
    {
        var values = TableInput.Named(row.Json, _columns);
        var asked = _renderer!.Ask(values);
        var choices = ChoicesOf(row, values);
        var worded = choices?.Select(choice => _renderer.Render(values, choice)).ToList();

        // A new row has no answer yet; the first choice stands in where an example needs one.
        var completion = worded?[0].Completion ?? "";
        var example = new Example(row.Number, _renderer.Name, asked.Prompt, completion, "", Chat: asked.Chat);
        return new Question(example, asked.Prompt, choices, worded?.ConvertAll(w => w.Completion));
    }

    protected override void Answer(IReadOnlyList<Question> rows, JsonOutput output)
    {
        foreach (var answer in _responder!.Respond(rows, scoreReference: false))
        {
            output.Write(json =>
            {
                json.WriteNumber("row", answer.Row);
                json.WriteString("prediction", answer.Prediction);
                if (_reader is not null && answer.ChoiceLogProbs is null)
                {
                    json.WriteString("answer", _reader.Read(answer.Prediction));
                }

                if (answer.ChoiceLogProbs is { } logProbs)
                {
                    json.WriteStartObject("choice_log_probs");
                    foreach (var (choice, logProb) in logProbs)
                    {
                        json.WriteFinite(choice, logProb);
                    }

                    json.WriteEndObject();
                }
            });
        }
    }

    private IReadOnlyList<string>? ChoicesOf(InputRow row, JsonObject values)
    {
        if (_choices.GetValueOrDefault(_renderer!.Name) is { } shared)
        {
            return shared.Choices;
        }

        return _prediction!.Template.Choices?.Column is not { } column ? null
            : values[column] is JsonArray { Count: > 0 } list ? [.. list.Select(item => item?.ToString() ?? "")]
            : throw new RowException("FT3405", $"row {row.Number} has no choices in '{column}'", "give a list");
    }

    private static Responder Responder(PredictionTemplate prediction, string? tuned, ComputeDevice device)
    {
        var settings = prediction.Settings;
        var tokenizer = Tokenizer.Load(prediction.TokenizerFolder);
        var model = ModelInputs.Load(
            prediction.BaseFolder,
            tuned,
            settings.RandomInitialisation,
            ModelInputs.PrecisionOf(settings.Precision),
            settings.Seed,
            ModelInputs.FormatOf(settings.Quantization),
            device
        );
        model.eval();
        return new(
            model,
            tokenizer,
            new AnsweringOptions(
                ModelInputs.BoundaryOf(settings.Boundary),
                ModelInputs.EosOf(tokenizer, model.Shape, prediction.BaseFolder),
                settings.MaxLength,
                FreeText.Options(settings, tokenizer)
            )
            {
                ChoiceScore = ChoiceScores.Of(settings.ChoiceScore),
            }
        );
    }

    private static string Made(
        ArtifactStore store,
        IReadOnlyList<StepForecast> forecasts,
        string step,
        string output
    ) =>
        forecasts.Single(forecast => forecast.Step.Name == step).Result is { } result
            ? store.Show(result)[output]
            : throw new PipelineException(
                new Diagnostic(
                    "FT6102",
                    $"'{step}' has not run as the document stands",
                    Cure: "run the pipeline first: dotnet finetune run"
                ),
                ExitCode.StepFailed
            );
}
