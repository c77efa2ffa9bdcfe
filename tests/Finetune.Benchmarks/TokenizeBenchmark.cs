using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;

namespace Finetune.Benchmarks;

/// <summary>
/// Ids of word problems on one core: MB of UTF-8 a second, as a share of how fast this process decodes and hashes the
/// same bytes word by word; a million characters without a space; memory.
/// </summary>
internal static class TokenizeBenchmark
{
    private const int Tries = 7;
    private const int Part = 4000;

    /// <summary>Runs it; one JSON line a tokenizer.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--tokenizers", "--data");
        var folders = (
            arguments.Text("--tokenizers")
            ?? throw new ArgumentException("--tokenizers wants folders, joined by the path separator")
        ).Split(Path.PathSeparator);
        var texts = Texts(
            arguments.Text("--data") ?? throw new ArgumentException("--data wants a JSONL file of word problems")
        );
        var bytes = texts.Sum(text => System.Text.Encoding.UTF8.GetByteCount(text));
        foreach (var folder in folders)
        {
            var tokenizer = Tokenizer.Load(folder);
            var cold = Seconds(() => _ = Ids(tokenizer, texts));
            var tokens = Ids(tokenizer, texts);
            var (ours, reference) = (double.MaxValue, double.MaxValue);
            for (var i = 0; i < Tries; i++)
            {
                // Side by side, so that both see the same machine.
                reference = Math.Min(reference, Seconds(() => _ = Words(texts)));
                ours = Math.Min(ours, Seconds(() => _ = Ids(tokenizer, texts)));
            }

            var before = Usage.PeakResidentMegabytes();
            var unbroken = Unbroken(1_000_000);
            var whole = Enumerable.Range(0, 3).Min(again => Seconds(() => _ = tokenizer.EncodeIds(unbroken)));
            for (var i = 0; i < 5; i++)
            {
                Ids(tokenizer, texts);
            }

            yield return new JsonObject
            {
                ["benchmark"] = "tokenize",
                ["tokenizer"] = Path.GetFileName(folder),
                ["megabytes"] = Math.Round(bytes / 1e6, 2),
                ["tokens"] = tokens,
                ["mb_per_second"] = Math.Round(bytes / 1e6 / ours, 2),
                ["mb_per_second_cold"] = Math.Round(bytes / 1e6 / cold, 2),
                ["mb_per_second_reference"] = Math.Round(bytes / 1e6 / reference, 1),
                ["share"] = Math.Round(reference / ours, 3),
                ["seconds_1mb_without_space"] = Math.Round(whole, 3),
                ["growth_mb"] = Math.Round(Usage.PeakResidentMegabytes() - before, 1),
                ["peak_rss_mb"] = Math.Round(Usage.PeakResidentMegabytes()),
            };
        }
    }

    private static string[] Texts(string file) =>
        [
            .. File.ReadLines(file)
                .Take(Part)
                .Select(line => JsonNode.Parse(line)!)
                .Select(row => (string)row["question"]! + "\n" + (string)row["answer"]!),
        ];

    private static long Ids(Tokenizer tokenizer, string[] texts) =>
        texts.Sum(text => (long)tokenizer.EncodeIds(text).Length);

    // A million letters in no order and without a space.
    private static string Unbroken(int length)
    {
        var state = 1U;
        return string.Create(
            length,
            state,
            (units, seed) =>
            {
                for (var i = 0; i < units.Length; i++)
                {
                    seed = seed * 1_664_525 + 1_013_904_223;
                    units[i] = (char)('a' + (seed >> 24) % 26);
                }
            }
        );
    }

    private static long Words(string[] texts)
    {
        var sum = 0L;
        foreach (var text in texts)
        {
            var span = text.AsSpan();
            foreach (var range in span.Split(' '))
            {
                sum += string.GetHashCode(span[range]);
            }
        }

        return sum;
    }

    private static double Seconds(Action run)
    {
        var start = TimeProvider.System.GetTimestamp();
        run();
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }
}
