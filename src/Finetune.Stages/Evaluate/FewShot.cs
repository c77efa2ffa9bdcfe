using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Evaluate;

/// <summary>The examples that stand in a few-shot prompt: one seeded set of training rows, the same for every test
/// row, in the test row's template, completions included.</summary>
/// <param name="rows">Numbers of the chosen rows, in the order in which they stand in the prompt.</param>
/// <param name="blocks">Template name to the text before the prompt.</param>
public sealed class FewShot(IReadOnlyList<long> rows, IReadOnlyDictionary<string, string> blocks)
{
    /// <summary>Numbers of the chosen rows.</summary>
    public IReadOnlyList<long> Rows { get; } = rows;

    /// <summary>What stands before a prompt of that template, ending in a blank line.</summary>
    public string Before(string template) => blocks[template];

    /// <summary>
    /// Chooses the rows whose SHA-256 of seed and number is lowest, so that a row more in the file rarely changes the
    /// set.
    /// </summary>
    /// <param name="shotsPath">Training rows, rendered in the evaluation's templates.</param>
    /// <param name="count">How many; fewer where there are fewer rows.</param>
    /// <param name="seed">The document's seed.</param>
    public static FewShot Choose(string shotsPath, int count, long seed)
    {
        var examples = ExampleFile.Read(shotsPath).ToList();
        var chosen = examples
            .Select(e => e.Row)
            .Distinct()
            .OrderBy(row => Rank(seed, row), StringComparer.Ordinal)
            .Take(count)
            .ToList();
        var blocks = examples
            .GroupBy(e => e.Template, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group =>
                {
                    var byRow = group.ToDictionary(e => e.Row);
                    return string.Concat(chosen.Select(row => $"{byRow[row].Prompt}{byRow[row].Completion}\n\n"));
                },
                StringComparer.Ordinal
            );
        return new FewShot(chosen, blocks);
    }

    private static string Rank(long seed, long row) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{row}")))
        );
}
