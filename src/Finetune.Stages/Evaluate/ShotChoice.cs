using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Evaluate;

/// <summary>Which training rows stand before a question.</summary>
/// <param name="Always">Rows that stand before every question; none where they differ by question.</param>
/// <param name="Before">The rows before a question, in the order in which they stand there.</param>
internal sealed record ShotChoice(IReadOnlyList<long> Always, Func<Example, IReadOnlyList<long>> Before)
{
    /// <summary>The choice of that name.</summary>
    /// <param name="name"><c>first</c>, <c>each_label</c>, <c>nearest</c>; null for <c>random</c>.</param>
    /// <param name="examples">Training rows, rendered in the evaluation's templates.</param>
    /// <param name="count">How many; fewer where there are fewer rows.</param>
    /// <param name="seed">The document's.</param>
    public static ShotChoice Of(string? name, IReadOnlyList<Example> examples, int count, long seed) =>
        name switch
        {
            null => Fixed(Ranked(examples, seed).Take(count)),
            "first" => Fixed(examples.Select(e => e.Row).Distinct().Take(count)),
            "each_label" => Fixed(EachLabel(examples, seed).Take(count)),
            "nearest" => Nearest(examples, count),
            _ => throw new ArgumentException($"no choice of examples is called '{name}'", nameof(name)),
        };

    private static ShotChoice Fixed(IEnumerable<long> rows)
    {
        var chosen = rows.ToList();
        return new ShotChoice(chosen, _ => chosen);
    }

    // By SHA-256 of seed and number, so that a row more in the file rarely changes the set.
    private static IEnumerable<long> Ranked(IEnumerable<Example> examples, long seed) =>
        examples.Select(e => e.Row).Distinct().OrderBy(row => Rank(seed, row), StringComparer.Ordinal);

    // One row of every label before a second one of any.
    private static IEnumerable<long> EachLabel(IReadOnlyList<Example> examples, long seed)
    {
        var labels = new Dictionary<long, string>();
        foreach (var example in examples)
        {
            labels.TryAdd(example.Row, example.Reference);
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return Ranked(examples, seed)
            .Select(row => (Row: row, Round: seen[labels[row]] = seen.GetValueOrDefault(labels[row]) + 1))
            .ToList()
            .OrderBy(row => row.Round)
            .Select(row => row.Row);
    }

    // The nearest stands last, next to the question.
    private static ShotChoice Nearest(IReadOnlyList<Example> examples, int count)
    {
        var templates = examples
            .GroupBy(e => e.Template, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => (Rows: group.Select(e => e.Row).ToArray(), Texts: new Bm25([.. group.Select(e => e.Prompt)])),
                StringComparer.Ordinal
            );
        return new ShotChoice(
            [],
            question =>
            {
                var (rows, texts) = templates[question.Template];
                var scores = texts.Scores(question.Prompt);
                return
                [
                    .. Enumerable
                        .Range(0, rows.Length)
                        .OrderByDescending(i => scores[i])
                        .ThenBy(i => i)
                        .Take(count)
                        .Reverse()
                        .Select(i => rows[i]),
                ];
            }
        );
    }

    private static string Rank(long seed, long row) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{row}")))
        );
}
