using Finetune.Engine;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Tokenize;

/// <summary>Turns examples into token ids with their loss mask. Inputs <c>tokenizer</c> (files), <c>train</c>,
/// <c>validation</c> (examples).</summary>
public sealed class TokenizeStage : IStage
{
    // Enough to keep every core busy, little enough to stay flat in memory.
    private const int ChunkSize = 2048;

    /// <inheritdoc/>
    public string Kind => "tokenize";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("train", "train.safetensors"), new("validation", "validation.safetensors"), new("ledger", "ledger.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<TokenizeSettings>(context.Step.Settings);
        var tokenizer = Load(context);
        var end = tokenizer.EosId ?? throw NoEnd(context);
        var errors = new FoundErrors(StepPlace.Of(context.Step.Private));
        var splits = new Dictionary<string, TokenCounts>(StringComparer.Ordinal);
        foreach (var split in new[] { "train", "validation" })
        {
            var tokens = new ExampleTokens(tokenizer, end, settings, split);
            var account = Write(context, split, tokens, errors, cancellationToken);
            if (account.AllDropped && !errors.Any)
            {
                errors.Add(
                    new Diagnostic(
                        TokenizeCodes.NothingLeft,
                        $"every {split} example is longer than the {settings.MaxLength} tokens allowed and was dropped",
                        KeyPath: "model.max_length",
                        Cure: "raise 'max_length', or set 'overlong: truncate'"
                    )
                );
            }

            splits.Add(split, account.Counts());
        }

        errors.ThrowIfAny();
        LedgerFile.Write(context.Output("ledger"), new TokenLedger(settings.MaxLength, settings.Overlong, splits));
        context.Facts["tokens"] = splits.Values.Sum(s => s.Tokens);
    }

    private static TokenAccount Write(
        StageContext context,
        string split,
        ExampleTokens tokens,
        FoundErrors errors,
        CancellationToken cancellationToken
    )
    {
        var account = new TokenAccount();
        using var writer = TokenFile.Create(context.Output(split));
        long line = 0;
        foreach (var chunk in ExampleFile.Read(context.Input(split)).Chunk(ChunkSize))
        {
            var outcomes = new TokenOutcome[chunk.Length];
            var first = line;
            Parallel.For(
                0,
                chunk.Length,
                new ParallelOptions { CancellationToken = cancellationToken },
                i => outcomes[i] = tokens.Of(chunk[i], first + i)
            );
            for (var i = 0; i < chunk.Length; i++)
            {
                Take(outcomes[i], chunk[i], writer, account, errors);
            }

            line += chunk.Length;
            context.Progress.Report(new StageProgress($"tokenizing {split}", line));
        }

        if (!errors.Any)
        {
            writer.Complete();
        }

        return account;
    }

    private static void Take(
        TokenOutcome outcome,
        Example example,
        TokenFileWriter writer,
        TokenAccount account,
        FoundErrors errors
    )
    {
        if (outcome.Error is { } error)
        {
            errors.Add(error);
        }
        else if (outcome.Example is { } tokens)
        {
            account.Keep(tokens, outcome.Truncated);
            writer.Write(tokens);
            if (outcome.Rejected is { } rejected)
            {
                account.KeepRejected(rejected);
                writer.Write(rejected);
            }
        }
        else
        {
            account.Drop(example.Row);
        }
    }

    private static Tokenizer Load(StageContext context)
    {
        try
        {
            return Tokenizer.Load(Folder(context));
        }
        catch (ModelFileException e)
        {
            throw new PipelineException(
                new Diagnostic(
                    TokenizeCodes.NoTokenizer,
                    e.Message,
                    StepPlace.Of(context.Step.Private),
                    "model.tokenizer",
                    "name a folder with a tokenizer of a supported kind in 'model.tokenizer'"
                ),
                ExitCode.StepFailed
            );
        }
    }

    private static PipelineException NoEnd(StageContext context) =>
        new(
            new Diagnostic(
                TokenizeCodes.NoEnd,
                $"{Path.GetFileName(Folder(context))}: the tokenizer names no end-of-sequence token",
                StepPlace.Of(context.Step.Private),
                "model.tokenizer",
                "name it as 'eos_token' in tokenizer_config.json"
            ),
            ExitCode.StepFailed
        );

    private static string Folder(StageContext context) => Path.GetDirectoryName(context.InputPaths["tokenizer"][0])!;
}
