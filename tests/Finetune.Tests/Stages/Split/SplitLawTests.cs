using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Split;

namespace Finetune.Tests.Stages.Split;

public sealed class SplitLawTests
{
    private static readonly Gen<(Row[] Rows, SplitSettings Settings)> s_case =
        from cells in Gen.Select(Gen.Int[0, 30], Gen.Int[0, 5], Gen.Int[0, 3]).Array[4, 60]
        from random in Gen.Bool
        from grouped in Gen.Bool
        from stratified in Gen.Bool
        from validation in Gen.Int[0, 4]
        from test in Gen.Int[0, 4]
        from seed in Gen.Long
        select (
            cells.Select((c, i) => RowOf(i + 1, c.Item1, c.Item2, c.Item3)).ToArray(),
            Settings(
                random ? "random" : "hash",
                1 - ((validation + test) / 10.0),
                validation / 10.0,
                test / 10.0,
                grouped ? "group" : null,
                stratified ? "stratum" : null,
                seed: seed
            )
        );

    [Fact]
    public void Every_row_lands_in_one_split_and_order_is_kept() =>
        s_case.Sample(
            (rows, settings) =>
            {
                if (Try(rows, settings) is not { } splits)
                {
                    return;
                }

                Assert.Equal(rows.Select(r => r.Number), splits.SelectMany(s => s).Order());
                Assert.All(splits, s => Assert.Equal(s.Order(), s));
            },
            iter: 60,
            threads: 1
        );

    [Fact]
    public void Groups_never_cross() =>
        s_case.Sample(
            (rows, settings) =>
            {
                var grouped = settings with { Group = "group" };
                if (Try(rows, grouped) is not { } splits)
                {
                    return;
                }

                var groupOf = rows.ToDictionary(r => r.Number, r => (int)r.Values["group"]!);
                var groups = splits.Select(s => s.Select(n => groupOf[n]).ToHashSet()).ToArray();
                Assert.Equal(groups.Sum(g => g.Count), groups.SelectMany(g => g).Distinct().Count());
            },
            iter: 60,
            threads: 1
        );

    [Fact]
    public void Under_hash_more_rows_move_no_row_and_equal_rows_stay_together() =>
        s_case.Sample(
            (rows, settings) =>
            {
                var hashed = settings with { By = "hash" };
                var some = rows[..(rows.Length / 2)];
                if (Try(some, hashed) is not { } before || Try(rows, hashed) is not { } after)
                {
                    return;
                }

                for (var i = 0; i < before.Length; i++)
                {
                    Assert.Equal(before[i], after[i].Where(n => n <= some.Length));
                }

                var copies = rows.Concat(rows.Select(r => new Row(r.Number + 1000, (JsonObject)r.Values.DeepClone())));
                Assert.All(
                    Try([.. copies], hashed)!,
                    s => Assert.Equal(s.Where(n => n < 1000), s.Where(n => n > 1000).Select(n => n - 1000))
                );
            },
            iter: 40,
            threads: 1
        );

    [Fact]
    public void Under_random_every_stratum_and_the_whole_meet_their_shares() =>
        s_case.Sample(
            (rows, settings) =>
            {
                var exact = settings with { By = "random", Group = null, Stratify = "stratum" };
                if (Try(rows, exact) is not { } splits)
                {
                    return;
                }

                double[] shares = [exact.Train!.Value, exact.Validation!.Value, exact.Test!.Value];
                var stratumOf = rows.ToDictionary(r => r.Number, r => (int)r.Values["stratum"]!);
                for (var i = 0; i < shares.Length; i++)
                {
                    foreach (var stratum in stratumOf.Values.Distinct())
                    {
                        var size = stratumOf.Values.Count(s => s == stratum);
                        var got = splits[i].Count(n => stratumOf[n] == stratum);
                        Assert.InRange(got - (shares[i] * size), -0.9999999, 0.9999999);
                    }

                    Assert.InRange(splits[i].Length - (shares[i] * rows.Length), -2, 2);
                }

                Assert.Equal(splits, Try(rows, exact)!);
            },
            iter: 60,
            threads: 1
        );

    internal static Row RowOf(long number, int text, int group, int stratum) =>
        new(
            number,
            new JsonObject
            {
                ["text"] = text,
                ["group"] = group,
                ["stratum"] = stratum,
            }
        );

    internal static SplitSettings Settings(
        string by,
        double? train = null,
        double? validation = null,
        double? test = null,
        string? group = null,
        string? stratify = null,
        string? field = null,
        string overlap = "warn",
        long seed = 17
    ) => new(by, train, validation, test, field, group, stratify, overlap, ["text"], seed);

    private static long[][]? Try(Row[] rows, SplitSettings settings)
    {
        using var run = new StageRun();
        try
        {
            run.Run("split", settings, ("rows", [run.Rows("rows", rows)]));
        }
        catch (Finetune.Graph.Diagnostics.PipelineException e) when (e.Diagnostics[0].Code == "FT4405")
        {
            return null;
        }

        return
        [
            .. new[] { "train", "validation", "test" }.Select(s =>
                RowFile.Read(run.Output(s)).Select(r => r.Number).ToArray()
            ),
        ];
    }
}
