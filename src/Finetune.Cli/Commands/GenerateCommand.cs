using Finetune.Cli.Batch;
using Finetune.Cli.Output;
using Finetune.Engine.Generation;
using Finetune.Engine.Generation.Sampling;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Continues prompts: greedily, unless a temperature is given. The checkpoint's own sampling settings play no
/// part.</summary>
[Command(
    "generate",
    Description = "JSONL: {\"prompt\"}, {\"messages\"} or {\"input_ids\"} to {\"text\",\"ids\",\"stop\"}; new tokens only."
)]
internal sealed class GenerateCommand : BatchCommand<int[]>
{
    private LoadedModel? _model;
    private ChatPrompt? _chat;
    private TimeProvider? _clock;
    private long _answered;
    private GenerationOptions? _options;

    [Option("--model <DIR>", "A folder in Hugging Face layout, or builtin:NAME", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option("--adapter <DIR>", "A folder in PEFT's layout", CommandOptionType.SingleValue)]
    public string? Adapter { get; set; }

    [Option("--precision <P>", "fp32 (default) or bf16", CommandOptionType.SingleValue)]
    public string? Precision { get; set; }

    [Option("--device <DEVICE>", DeviceArgument.Description, CommandOptionType.SingleValue)]
    public string? Device { get; set; }

    [Option("--max-tokens <N>", "New tokens at most; 128 by default", CommandOptionType.SingleValue)]
    public int MaxTokens { get; set; } = 128;

    [Option("--ignore-eos", "Go on past the end of sequence", CommandOptionType.NoValue)]
    public bool IgnoreEos { get; set; }

    [Option("--temperature <T>", "0, the default, takes the likeliest token", CommandOptionType.SingleValue)]
    public double Temperature { get; set; }

    [Option("--top-k <K>", "Keep the K likeliest tokens; 0 is off", CommandOptionType.SingleValue)]
    public int TopK { get; set; }

    [Option("--top-p <P>", "Keep the likeliest tokens up to this probability; 1 is off", CommandOptionType.SingleValue)]
    public double TopP { get; set; } = 1;

    [Option(
        "--top-h <H>",
        "Keep likeliest tokens up to this share of the entropy; 1 is off",
        CommandOptionType.SingleValue
    )]
    public double TopH { get; set; } = 1;

    [Option(
        "--min-p <P>",
        "Keep tokens this share as likely as the likeliest; 0 is off",
        CommandOptionType.SingleValue
    )]
    public double MinP { get; set; }

    [Option(
        "--typical-p <P>",
        "Keep tokens nearest the entropy up to this probability; 1 is off",
        CommandOptionType.SingleValue
    )]
    public double TypicalP { get; set; } = 1;

    [Option("--epsilon-cutoff <P>", "Drop tokens less likely than this; 0 is off", CommandOptionType.SingleValue)]
    public double EpsilonCutoff { get; set; }

    [Option(
        "--eta-cutoff <P>",
        "The same, less strict where tokens are equally likely; 0 is off",
        CommandOptionType.SingleValue
    )]
    public double EtaCutoff { get; set; }

    [Option(
        "--repetition-penalty <R>",
        "Weakens tokens that were there already; 1 is off",
        CommandOptionType.SingleValue
    )]
    public double RepetitionPenalty { get; set; } = 1;

    [Option(
        "--presence-penalty <X>",
        "Taken from scores of tokens that were there; 0 is off",
        CommandOptionType.SingleValue
    )]
    public double PresencePenalty { get; set; }

    [Option("--frequency-penalty <X>", "The same, each time they were; 0 is off", CommandOptionType.SingleValue)]
    public double FrequencyPenalty { get; set; }

    [Option("--no-repeat-ngram <N>", "No run of N tokens comes twice; 0 is off", CommandOptionType.SingleValue)]
    public int NoRepeatNgram { get; set; }

    [Option(
        "--bad-words <TEXT>",
        "A text that may not come; may be given more than once",
        CommandOptionType.MultipleValue
    )]
    public string[] BadWords { get; set; } = [];

    [Option("--seed <N>", "Seeds the draws; 0 by default", CommandOptionType.SingleValue)]
    public long Seed { get; set; }

    [Option("--stop <TEXT>", "A text at which it ends; may be given more than once", CommandOptionType.MultipleValue)]
    public string[] Stop { get; set; } = [];

    [Option("--batch <N>", "Rows continued together; 8 by default", CommandOptionType.SingleValue)]
    public int Batch { get; set; } = 8;

    protected override int GroupSize => Batch;

    protected override void Open(Surroundings surroundings)
    {
        _model = LoadedModel.Load(Model, Adapter, Precision, DeviceArgument.Of(Device, surroundings));
        _clock = surroundings.Clock;
        _options = DecodingArguments.Checked(Options());
    }

    private GenerationOptions Options() =>
        new(MaxTokens, Temperature, TopK, TopP, Seed, Stop, IgnoreEos)
        {
            Rules = new ScoreRules
            {
                PresencePenalty = PresencePenalty,
                FrequencyPenalty = FrequencyPenalty,
                RepetitionPenalty = RepetitionPenalty,
                NoRepeatNgramSize = NoRepeatNgram,
                BadWords = BadWords.Length > 0 ? ScoreRules.Barred(BadWords, _model!.NeedTokenizer()) : [],
                TopH = TopH,
                MinP = MinP,
                TypicalP = TypicalP,
                EpsilonCutoff = EpsilonCutoff,
                EtaCutoff = EtaCutoff,
            },
        };

    protected override int[] Read(InputRow row)
    {
        var ids =
            row.Has("input_ids") ? row.Ids("input_ids")
            : row.Has("messages") ? Chat().Ids(row.Json.GetProperty("messages"))
            : _model!.Prompt(row.Text("prompt"));
        return ids.Length == 0 && _model!.Model.Shape.BosId is null
            ? throw new RowException("FT3024", "nothing to go on from: no token", "give a prompt of at least one token")
            : _model!.Fitting(ids);
    }

    private ChatPrompt Chat() =>
        _chat ??=
            ChatPrompt.Of(Model, _model!.NeedTokenizer(), _clock!)
            ?? throw new RowException("FT7005", "the model has no chat template", "give a \"prompt\" instead");

    protected override void Answer(IReadOnlyList<int[]> rows, JsonOutput output)
    {
        // A draw depends on the seed and the prompt's place in its group; the seed says which group it is.
        var options = _options! with
        {
            Seed = Seed + _answered,
        };
        foreach (var result in new Generator(_model!.Model, _model.Tokenizer).Generate(rows, options))
        {
            output.Write(json =>
            {
                json.WriteString("text", result.Text);
                json.WriteNumbers("ids", result.Ids);
                json.WriteString("stop", result.StopReason);
            });
        }

        _answered += rows.Count;
    }
}
