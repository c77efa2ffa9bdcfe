using System.Text.Json.Nodes;
using Finetune.Engine.Metrics;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;

namespace Finetune.Benchmarks;

/// <summary>Rows to train on.</summary>
internal static class Rows
{
    private const int Longest = 512;

    /// <summary>Word problems in file order: question, newline, answer, end; those that are too long are left out.</summary>
    public static TrainingExample[] Of(string file, string folder, int count)
    {
        var tokenizer = Tokenizer.Load(folder);
        var end = tokenizer.EosId ?? 0;
        TrainingExample[] rows =
        [
            .. File.ReadLines(file)
                .Select(line => JsonNode.Parse(line)!)
                .Select(row =>
                    ExampleEncoder.Encode(
                        tokenizer,
                        (string)row["question"]! + "\n",
                        (string)row["answer"]!,
                        Boundary.Split,
                        end
                    )
                )
                .Where(e => e.InputIds.Length <= Longest)
                .Take(count)
                .Select(e => new TrainingExample(e.InputIds, [.. e.InputIds.Select((_, i) => i >= e.PromptLength)])),
        ];
        return rows.Length == count
            ? rows
            : throw new ArgumentException($"{file} has {rows.Length} rows, {count} wanted");
    }

    /// <summary>The same rows end to end, cut into rows of <paramref name="length"/> tokens, all of them labelled.</summary>
    public static TrainingExample[] Long(IEnumerable<TrainingExample> rows, int length) =>
        [
            .. rows.SelectMany(r => r.InputIds)
                .Chunk(length)
                .Where(ids => ids.Length == length)
                .Select(ids => new TrainingExample(ids, [.. ids.Select(_ => true)])),
        ];

    /// <summary>Random ids with the spread of lengths of word problems: mean about 200, longest near twice that.</summary>
    public static TrainingExample[] Invented(int vocabulary, int count)
    {
        var random = new SplitMix64(1);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    var length =
                        60 + random.Below(80) + random.Below(80) + random.Below(80) + random.Below(12) / 11 * 150;
                    int[] ids = [.. Enumerable.Range(0, length).Select(_ => 2 + random.Below(vocabulary - 2))];
                    return new TrainingExample(ids, [.. ids.Select((_, i) => i >= length * 2 / 5)]);
                }),
        ];
    }
}
