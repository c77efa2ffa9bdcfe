using Finetune.Cli.Batch;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Generation;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Talks to a model line by line: each line is a prompt of its own, and the answer appears as it comes.</summary>
[Command("chat", Description = "Type prompts, read answers as they come. An empty line or the end of input ends it.")]
internal sealed class ChatCommand : ToolCommand
{
    [Option("--model <DIR>", "A folder in Hugging Face layout, or builtin:NAME", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option("--adapter <DIR>", "A folder in PEFT's layout", CommandOptionType.SingleValue)]
    public string? Adapter { get; set; }

    [Option("--max-tokens <N>", "New tokens at most; 256 by default", CommandOptionType.SingleValue)]
    public int MaxTokens { get; set; } = 256;

    [Option("--temperature <T>", "0, the default, takes the likeliest token", CommandOptionType.SingleValue)]
    public double Temperature { get; set; }

    [Option("--seed <N>", "Seeds the draws; 0 by default", CommandOptionType.SingleValue)]
    public long Seed { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var model = LoadedModel.Load(Model, Adapter, null);
        var tokenizer =
            model.Tokenizer
            ?? throw new UsageException($"'{Model}' has no tokenizer.json", "name a folder that holds one");
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

            var options = new GenerationOptions(MaxTokens, Temperature, 0, 1, Seed + turn, [], IgnoreEos: false);
            foreach (var text in generator.Stream(model.Fitting(model.Prompt(prompt)), options))
            {
                cancellationToken.ThrowIfCancellationRequested();
                surroundings.Out.Write(text);
                surroundings.Out.Flush();
            }

            surroundings.Out.WriteLine();
        }
    }
}
