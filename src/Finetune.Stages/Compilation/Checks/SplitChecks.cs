using System.Globalization;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Compilation.Tables;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>What the splits give.</summary>
/// <param name="Columns">The columns of their rows.</param>
/// <param name="HasTrain">Whether there are rows to train on.</param>
/// <param name="HasValidation">Whether there are rows to validate on.</param>
/// <param name="HasTest">Whether there are rows to test on.</param>
internal sealed record CheckedSplits(Columns Columns, bool HasTrain, bool HasValidation, bool HasTest);

/// <summary>Splits: their sources, fractions and columns.</summary>
internal static class SplitChecks
{
    private const double Rounding = 1e-6;

    /// <summary>Checks the splits.</summary>
    public static CheckedSplits Check(CheckContext context, IReadOnlyDictionary<string, SourceTable> tables)
    {
        var splits = context.Settings.Splits switch
        {
            SourceSplitsSection sources => Sources(context, sources, tables),
            FractionSplitsSection fractions => Fractions(context, fractions, tables),
            _ => throw new InvalidOperationException("an unknown kind of splits"),
        };

        // Splits with a fault of their own may have been meant to give any part.
        return
            context.Findings.HasErrorAt("splits")
            || !context.Places.Has("splits.from") && !context.Places.Has("splits.train")
            ? splits with
            {
                HasTrain = true,
                HasValidation = true,
                HasTest = true,
            }
            : splits;
    }

    private static CheckedSplits Sources(
        CheckContext context,
        SourceSplitsSection splits,
        IReadOnlyDictionary<string, SourceTable> tables
    )
    {
        var used = new List<SourceTable>();
        var complete = true;
        foreach (
            var (part, name) in new[]
            {
                ("train", splits.Train),
                ("validation", splits.Validation),
                ("test", splits.Test),
            }
        )
        {
            if (name is not (null or ""))
            {
                var table = Source(context, $"splits.{part}", name, tables);
                complete &= table is not null;
                if (table is not null && used.Contains(table))
                {
                    context.AtValue(
                        Codes.Repeated,
                        $"splits.{part}",
                        $"'{name}' is the source of two splits",
                        "give each split its own, or part one source with 'from'"
                    );
                }

                used.AddRange(table is null ? [] : [table]);
            }
        }

        return new CheckedSplits(
            new Columns(complete ? used : []),
            HasTrain: true,
            splits.Validation is not null,
            splits.Test is not null
        );
    }

    private static CheckedSplits Fractions(
        CheckContext context,
        FractionSplitsSection splits,
        IReadOnlyDictionary<string, SourceTable> tables
    )
    {
        var table = splits.From.Length > 0 ? Source(context, "splits.from", splits.From, tables) : null;
        var columns = new Columns(table is null ? [] : [table]);
        ColumnChecks.Exists(context, columns, "splits.group", splits.Group);
        ColumnChecks.Exists(context, columns, "splits.stratify", splits.Stratify);
        if (splits.By.Kind == "field")
        {
            ColumnChecks.Exists(context, columns, "splits.by.field.column", splits.By.Column);
            foreach (var key in new[] { "train", "validation", "test", "group", "stratify" })
            {
                if (context.Places.Has($"splits.{key}"))
                {
                    context.AtKey(
                        Codes.Meaningless,
                        $"splits.{key}",
                        $"'{key}' has no meaning where a column names the parts",
                        "leave it out"
                    );
                }
            }

            return new CheckedSplits(columns, HasTrain: true, HasValidation: true, HasTest: true);
        }

        CheckSum(context, splits);
        return new CheckedSplits(columns, splits.Train is not 0.0, splits.Validation is > 0, splits.Test is > 0);
    }

    private static void CheckSum(CheckContext context, FractionSplitsSection splits)
    {
        var paths = new[] { "splits.train", "splits.validation", "splits.test" };
        var written = paths.Where(context.Places.Has).ToList();
        var fractions = new[] { splits.Train, splits.Validation, splits.Test };
        if (written.Count == 0)
        {
            if (context.Places.Has("splits.from"))
            {
                context.AtKey(Codes.MissingKey, "splits", "'splits' lacks the fractions train, validation and test");
            }

            return;
        }

        // A fraction that could not be read has been told; its sum would only confuse.
        if (fractions.Count(f => f is not null) != written.Count)
        {
            return;
        }

        var sum = fractions.Sum(f => f ?? 0);
        if (Math.Abs(sum - 1) > Rounding)
        {
            var last = written.MaxBy(p => (context.Places.Key(p).Line, context.Places.Key(p).Column))!;
            context.AtValue(
                Codes.Fractions,
                last,
                string.Create(CultureInfo.InvariantCulture, $"the fractions sum to {sum:0.######}, not to 1")
            );
        }
    }

    private static SourceTable? Source(
        CheckContext context,
        string path,
        string name,
        IReadOnlyDictionary<string, SourceTable> tables
    )
    {
        if (tables.TryGetValue(name, out var table))
        {
            return table;
        }

        if (tables.Count > 0 && !context.Places.Has($"sources.{name}"))
        {
            context.AtValue(
                Codes.UnknownSource,
                path,
                $"there is no source '{name}'",
                Words.Suggest(name, [.. tables.Keys], "the sources")
            );
        }

        return null;
    }
}
