using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Preference;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Answering;

/// <summary>From token files to what the engine takes.</summary>
internal static class ModelTokens
{
    /// <summary>The examples of templates, and the row of each.</summary>
    /// <param name="path">The token file.</param>
    /// <param name="templates">Names of the templates.</param>
    /// <param name="everything">Whether every token carries loss.</param>
    /// <param name="shape">The model's.</param>
    public static (List<TrainingExample> Examples, List<long> Rows) Examples(
        string path,
        IReadOnlyList<string> templates,
        bool everything,
        ModelShape shape
    )
    {
        using var tokens = TokenFile.Open(path);
        var wanted = templates.ToHashSet(StringComparer.Ordinal);
        var examples = new List<TrainingExample>();
        var rows = new List<long>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var example = tokens.Example(i);
            if (wanted.Contains(example.Template))
            {
                rows.Add(example.Row);
                examples.Add(Of(example, everything, shape));
            }
        }

        return (examples, rows);
    }

    /// <summary>The pairs of templates, without reference sums, and the row of each.</summary>
    public static (List<PreferencePair> Pairs, List<long> Rows) Pairs(
        string path,
        IReadOnlyList<string> templates,
        ModelShape shape
    )
    {
        using var tokens = TokenFile.Open(path);
        var wanted = templates.ToDictionary(t => t, TokenExample.RejectedOf, StringComparer.Ordinal);
        var pairs = new List<PreferencePair>();
        var rows = new List<long>();
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            var chosen = tokens.Example(i);
            if (!wanted.TryGetValue(chosen.Template, out var worse))
            {
                continue;
            }

            var rejected = tokens.Example(++i);
            if (rejected.Template != worse || rejected.ExampleLine != chosen.ExampleLine)
            {
                throw new InvalidDataException($"{path}: example {i} is not the rejected one of the example before");
            }

            rows.Add(chosen.Row);
            pairs.Add(new PreferencePair(Of(chosen, false, shape), Of(rejected, false, shape)));
        }

        return (pairs, rows);
    }

    private static TrainingExample Of(TokenExample example, bool everything, ModelShape shape)
    {
        var (ids, scored) = (example.InputIds, example.LossMask);
        var source = Array.IndexOf(scored, true);
        return shape.DecoderStart is { } start
            ? TrainingExample.OfPair(ids[..source], start, ids.AsSpan(source))
            : new TrainingExample(ids, everything ? [.. scored.Select((_, position) => position > 0)] : scored);
    }
}
