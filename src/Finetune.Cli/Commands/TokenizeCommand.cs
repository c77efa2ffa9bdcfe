using Finetune.Cli.Batch;
using Finetune.Cli.Output;
using Finetune.Engine.Tokenizers;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Text to ids, ids to text.</summary>
[Command(
    "tokenize",
    Description = "JSONL: {\"text\"} to {\"ids\",\"tokens\",\"offsets\"}, or {\"ids\"} to {\"text\"}."
)]
internal sealed class TokenizeCommand : BatchCommand<TokenizeCommand.Row>
{
    private Tokenizer? _tokenizer;

    [Option("--model <DIR>", "A folder with a tokenizer, or builtin:NAME", CommandOptionType.SingleValue)]
    public string? Model { get; set; }

    [Option(
        "--no-special-tokens",
        "Encode without the tokens a template puts around a text",
        CommandOptionType.NoValue
    )]
    public bool NoSpecialTokens { get; set; }

    [Option("--skip-special-tokens", "Decode without special tokens", CommandOptionType.NoValue)]
    public bool SkipSpecialTokens { get; set; }

    protected override void Open(Surroundings surroundings) => _tokenizer = ModelPlace.Tokenizer(Model);

    protected override Row Read(InputRow row) =>
        row.Has("ids") && !row.Has("text")
            ? new(null, InputRow.Within(row.Ids("ids"), _tokenizer!.VocabularySize))
            : new(row.Text("text"), null);

    protected override void Answer(IReadOnlyList<Row> rows, JsonOutput output)
    {
        foreach (var row in rows)
        {
            if (row.Ids is not null)
            {
                var text = _tokenizer!.Decode(row.Ids, SkipSpecialTokens);
                output.Write(json => json.WriteString("text", text));
                continue;
            }

            var encoding = _tokenizer!.Encode(row.Text!, addSpecialTokens: !NoSpecialTokens);
            output.Write(json =>
            {
                json.WriteNumbers("ids", encoding.Ids);
                json.WriteStartArray("tokens");
                foreach (var token in encoding.Tokens)
                {
                    json.WriteStringValue(token);
                }

                json.WriteEndArray();
                json.WriteStartArray("offsets");
                foreach (var (start, end) in encoding.Offsets)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(start);
                    json.WriteNumberValue(end);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            });
        }
    }

    /// <summary>One of the two is set.</summary>
    internal sealed record Row(string? Text, int[]? Ids);
}
