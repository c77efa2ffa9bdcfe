using Finetune.Cli.Batch;
using Finetune.Cli.Output;
using Finetune.Engine.Generation;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>How likely a model finds given completions.</summary>
[Command(
    "score",
    Description = "JSONL: {\"prompt\",\"completion\"} or {\"input_ids\",\"labels\"} to {\"log_prob\",\"tokens\",\"greedy\",\"token_log_probs\"}."
)]
internal sealed class ScoreCommand : BatchCommand<TrainingExample>
{
    private LoadedModel? _model;

    [Option("--model <DIR>", "A folder in Hugging Face layout, or builtin:NAME", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option("--adapter <DIR>", "A folder in PEFT's layout", CommandOptionType.SingleValue)]
    public string? Adapter { get; set; }

    [Option("--precision <P>", "fp32 (default) or bf16", CommandOptionType.SingleValue)]
    public string? Precision { get; set; }

    [Option("--device <DEVICE>", DeviceArgument.Description, CommandOptionType.SingleValue)]
    public string? Device { get; set; }

    [Option("--no-eos", "Do not score an end of sequence behind the completion", CommandOptionType.NoValue)]
    public bool NoEos { get; set; }

    [Option("--split-boundary", "Tokenize prompt and completion apart", CommandOptionType.NoValue)]
    public bool SplitBoundary { get; set; }

    [Option("--batch <N>", "Rows scored together; 16 by default", CommandOptionType.SingleValue)]
    public int Batch { get; set; } = 16;

    protected override int GroupSize => Batch;

    protected override void Open(Surroundings surroundings) =>
        _model = LoadedModel.Load(Model, Adapter, Precision, DeviceArgument.Of(Device, surroundings));

    protected override TrainingExample Read(InputRow row) =>
        row.Has("input_ids") ? ScoredIds.Read(_model!, row) : OfText(row);

    protected override void Answer(IReadOnlyList<TrainingExample> rows, JsonOutput output)
    {
        foreach (var score in new Scorer(_model!.Model).Score(rows))
        {
            output.Write(json =>
            {
                json.WriteFinite("log_prob", score.LogProb);
                json.WriteNumber("tokens", score.Tokens);
                json.WriteBoolean("greedy", score.Greedy);
                json.WriteStartArray("token_log_probs");
                foreach (var logProb in score.TokenLogProbs)
                {
                    json.WriteFiniteValue(logProb);
                }

                json.WriteEndArray();
            });
        }
    }

    private TrainingExample OfText(InputRow row)
    {
        var tokenizer = _model!.NeedTokenizer();
        var eos =
            _model.EosId
            ?? throw new RowException(
                "FT3022",
                "the model names no end-of-sequence token",
                "say --no-eos, or give ids"
            );
        var encoded = ExampleEncoder.Encode(
            tokenizer,
            row.Text("prompt"),
            row.Text("completion"),
            _model.Model.Shape.DecoderStart is not null ? Boundary.Source
                : SplitBoundary ? Boundary.Split
                : Boundary.Together,
            eos
        );
        var ids = _model.Fitting(NoEos ? encoded.InputIds[..^1] : encoded.InputIds);
        if (_model.Model.Shape.DecoderStart is { } start)
        {
            return TrainingExample.OfPair(ids[..encoded.PromptLength], start, ids.AsSpan(encoded.PromptLength));
        }

        return new(ids, [.. ids.Select((_, i) => i >= encoded.PromptLength)]);
    }
}
