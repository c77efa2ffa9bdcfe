using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Generation;
using Finetune.Engine.Generation.Sampling;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Talks to a model line by line, and the answer appears as it comes. With a chat template the lines make one
/// conversation; without, each line is a prompt of its own.</summary>
[Command("chat", Description = "Type messages, read answers as they come. An empty line or the end of input ends it.")]
internal sealed class ChatCommand : ToolCommand
{
    [Option("--model <DIR>", "A folder in Hugging Face layout, or builtin:NAME", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option("--adapter <DIR>", "A folder in PEFT's layout", CommandOptionType.SingleValue)]
    public string? Adapter { get; set; }

    [Option("--system <TEXT>", "A system message; needs a chat template", CommandOptionType.SingleValue)]
    public string? System { get; set; }

    [Option("--raw", "No chat template: every line is a prompt of its own", CommandOptionType.NoValue)]
    public bool Raw { get; set; }

    [Option("--max-tokens <N>", "New tokens at most; 256 by default", CommandOptionType.SingleValue)]
    public int MaxTokens { get; set; } = 256;

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

    [Option("--device <DEVICE>", DeviceArgument.Description, CommandOptionType.SingleValue)]
    public string? Device { get; set; }

    [Option("--seed <N>", "Seeds the draws; 0 by default", CommandOptionType.SingleValue)]
    public long Seed { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var model = LoadedModel.Load(Model, Adapter, null, DeviceArgument.Of(Device, surroundings));
        var tokenizer =
            model.Tokenizer ?? throw new UsageException($"'{Model}' has no tokenizer", "name a folder that holds one");
        var chat = Raw ? null : ChatPrompt.Of(Model, tokenizer, surroundings.Clock);
        if (System is not null && chat is null)
        {
            throw new UsageException("--system needs a chat template", Raw ? "leave out --raw" : "this model has none");
        }

        var messages = new JsonArray();
        if (System is not null)
        {
            messages.Add(Message("system", System));
        }

        var options = DecodingArguments.Checked(Options(tokenizer));
        var generator = new Generator(model.Model, tokenizer);
        using var reader = new StreamReader(surroundings.OpenInput());
        for (var turn = 0L; ; turn++)
        {
            if (surroundings.CanAsk)
            {
                surroundings.Error.Write("> ");
            }

            if (reader.ReadLine() is not { Length: > 0 } prompt)
            {
                return Task.FromResult((int)ExitCode.Ok);
            }

            messages.Add(Message("user", prompt));
            var answer = new StringBuilder();
            foreach (
                var text in generator.Stream(Ids(model, chat, messages, prompt), options with { Seed = Seed + turn })
            )
            {
                cancellationToken.ThrowIfCancellationRequested();
                answer.Append(text);
                surroundings.Out.Write(text);
                surroundings.Out.Flush();
            }

            messages.Add(Message("assistant", answer.ToString().Trim()));
            surroundings.Out.WriteLine();
        }
    }

    private GenerationOptions Options(Tokenizer tokenizer) =>
        new(MaxTokens, Temperature, TopK, TopP, Seed, [], IgnoreEos: false)
        {
            Rules = new ScoreRules
            {
                PresencePenalty = PresencePenalty,
                FrequencyPenalty = FrequencyPenalty,
                RepetitionPenalty = RepetitionPenalty,
                NoRepeatNgramSize = NoRepeatNgram,
                BadWords = BadWords.Length > 0 ? ScoreRules.Barred(BadWords, tokenizer) : [],
                TopH = TopH,
                MinP = MinP,
                TypicalP = TypicalP,
                EpsilonCutoff = EpsilonCutoff,
                EtaCutoff = EtaCutoff,
            },
        };

    private static int[] Ids(LoadedModel model, ChatPrompt? chat, JsonArray messages, string prompt)
    {
        try
        {
            if (chat is null)
            {
                return model.Fitting(model.Prompt(prompt));
            }

            using var conversation = JsonDocument.Parse(messages.ToJsonString());
            return model.Fitting(chat.Ids(conversation.RootElement));
        }
        catch (RowException e)
        {
            throw new PipelineException(new Diagnostic(e.Code, e.Message, Cure: e.Cure), ExitCode.StepFailed);
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
