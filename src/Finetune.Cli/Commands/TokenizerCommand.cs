using System.Text.Json;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Tokenizers.Learning;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Makes a tokenizer of one's own, for models that start from random weights.</summary>
[Command(
    "tokenizer",
    Description = "train: learn a byte-level BPE tokenizer from texts and write it as tokenizer.json, for 'model.tokenizer'."
)]
internal sealed class TokenizerCommand : ToolCommand
{
    private const string EndOfText = "<|endoftext|>";

    [Argument(0, "action", "train")]
    public string? Action { get; set; }

    [Option("--input <FILE>", "Texts: a text a line, or JSONL with --field", CommandOptionType.MultipleValue)]
    public string[] Input { get; set; } = [];

    [Option(
        "--field <NAME>",
        "The field of a JSONL row that holds its text; several may be named",
        CommandOptionType.MultipleValue
    )]
    public string[] Field { get; set; } = [];

    [Option("--to <DIR>", "The folder to write; made where absent", CommandOptionType.SingleValue)]
    public string? To { get; set; }

    [Option("--vocabulary <N>", "At most so many tokens; 32000 by default", CommandOptionType.SingleValue)]
    public int Vocabulary { get; set; } = 32_000;

    [Option("--min-frequency <N>", "A pair merges if it occurs so often; 2 by default", CommandOptionType.SingleValue)]
    public int MinFrequency { get; set; } = 2;

    [Option(
        "--special-token <TEXT>",
        "Takes the first ids, in this order; the first ends a text; <|endoftext|> by default",
        CommandOptionType.MultipleValue
    )]
    public string[] SpecialToken { get; set; } = [];

    [Option("--seen-bytes-only", "No token for bytes that the texts do not hold", CommandOptionType.NoValue)]
    public bool SeenBytesOnly { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        Check();
        var special = SpecialToken.Length == 0 ? [EndOfText] : SpecialToken;
        var learner = new TokenizerLearner(new(Vocabulary, MinFrequency, special, !SeenBytesOnly));
        foreach (var text in Input.SelectMany(Texts))
        {
            cancellationToken.ThrowIfCancellationRequested();
            learner.Read(text);
        }

        if (learner.Words == 0)
        {
            throw new UsageException("there is no text to learn from", "name files that hold some");
        }

        if (learner.Fewest > Vocabulary)
        {
            throw new UsageException(
                $"{Vocabulary} tokens are too few: special tokens and single bytes alone are {learner.Fewest}",
                SeenBytesOnly ? "raise --vocabulary" : "raise --vocabulary, or say --seen-bytes-only"
            );
        }

        var count = learner.Write(To!, cancellationToken);
        surroundings.Error.WriteLine($"{count} tokens from {learner.Words} different words");
        surroundings.Out.WriteLine(Path.GetFullPath(To!));
        return Task.FromResult((int)ExitCode.Ok);
    }

    private void Check()
    {
        if (Action != "train")
        {
            throw new UsageException($"tokenizer knows no '{Action}'", "say: tokenizer train");
        }

        if (Input.Length == 0 || string.IsNullOrEmpty(To))
        {
            throw new UsageException("texts and a folder are needed", "say --input FILE and --to DIR");
        }

        if (Input.FirstOrDefault(file => !File.Exists(file)) is { } absent)
        {
            throw new UsageException(
                $"there is no file '{absent}'",
                NearestMatch.OfFile(absent) is { } near ? $"did you mean '{near}'?" : null
            );
        }

        if (Vocabulary < 1 || MinFrequency < 0)
        {
            throw new UsageException("--vocabulary wants 1 or more and --min-frequency 0 or more", null);
        }
    }

    private IEnumerable<string> Texts(string file) => Field.Length == 0 ? Lines(file) : Rows(file);

    // As Hugging Face reads files: each line a text of its own, its end included.
    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(file);
        var line = new System.Text.StringBuilder();
        for (var unit = reader.Read(); unit >= 0; unit = reader.Read())
        {
            line.Append((char)unit);
            if (unit == '\n')
            {
                yield return line.ToString();
                line.Clear();
            }
        }

        yield return line.ToString();
    }

    private IEnumerable<string> Rows(string file)
    {
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            foreach (var name in Field)
            {
                yield return Text(line, name, file, number);
            }
        }
    }

    private static string Text(string line, string name, string file, int number)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            return
                row.RootElement.ValueKind == JsonValueKind.Object
                && row.RootElement.TryGetProperty(name, out var text)
                && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new UsageException($"{file}:{number}: no text '{name}'", "name a field that every row has");
        }
        catch (JsonException error)
        {
            throw new UsageException($"{file}:{number}: no JSON: {error.Message}", "one JSON object a line");
        }
    }
}
