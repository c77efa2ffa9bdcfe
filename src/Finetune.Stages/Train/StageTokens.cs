using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Preference;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>From token files to what a stage trains on.</summary>
internal static class StageTokens
{
    /// <summary>The examples of the stage's templates, and the row of each.</summary>
    public static (List<TrainingExample> Examples, List<long> Rows) Examples(
        string path,
        TrainSettings settings,
        ModelShape shape
    )
    {
        using var tokens = TokenFile.Open(path);
        var wanted = settings.Templates.ToHashSet(StringComparer.Ordinal);
        var everything = settings.Objective == "language-model";
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

    /// <summary>The pairs of the stage's templates, without reference sums, and the row of each.</summary>
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
