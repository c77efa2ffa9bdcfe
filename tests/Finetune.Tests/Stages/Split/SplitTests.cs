using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;
using static Finetune.Tests.Stages.Split.SplitLawTests;

namespace Finetune.Tests.Stages.Split;

public sealed class SplitTests
{
    [Fact]
    public void Random_quotas_are_exact()
    {
        using var run = new StageRun();
        var rows = Enumerable.Range(1, 100).Select(i => RowOf(i, i, i, 0));
        run.Run("split", Settings("random", 0.56, 0.29, 0.15), ("rows", [run.Rows("rows", rows)]));
        Assert.Equal([56, 29, 15], Counts(run));
    }

    [Fact]
    public void Many_small_strata_do_not_all_round_the_same_way()
    {
        using var run = new StageRun();
        var rows = Enumerable.Range(0, 90).Select(i => RowOf(i + 1, i, i, i / 3));
        run.Run("split", Settings("random", 0.8, 0.1, 0.1, stratify: "stratum"), ("rows", [run.Rows("rows", rows)]));
        Assert.Equal([72, 9, 9], Counts(run));
    }

    [Fact]
    public void Hash_is_pinned()
    {
        using var run = new StageRun();
        var rows = Enumerable.Range(1, 200).Select(i => RowOf(i, i, i, i % 2));
        run.Run("split", Settings("hash", 0.8, 0.1, 0.1, stratify: "stratum"), ("rows", [run.Rows("rows", rows)]));
        Assert.Equal([173, 14, 13], Counts(run));
        Assert.Equal([2L, 3, 22, 27, 30], RowFile.Read(run.Output("test")).Take(5).Select(r => r.Number));
        var ledger = LedgerFile.ReadSplit(run.Output("ledger"));
        Assert.Equal(200, ledger.Splits.Values.SelectMany(s => s.Strata!.Values).Sum());
    }

    [Fact]
    public void A_column_can_name_the_split()
    {
        using var run = new StageRun();
        var rows = new[] { "test", "train", "validation", "train" }.Select((p, i) => With(RowOf(i + 1, i, i, 0), p));
        run.Run("split", Settings("field", field: "part"), ("rows", [run.Rows("rows", rows)]));
        Assert.Equal([2, 1, 1], Counts(run));
    }

    [Fact]
    public void A_name_that_is_no_split_is_an_error_with_its_row()
    {
        using var run = new StageRun();
        var rows = new[] { With(RowOf(1, 1, 1, 0), "train"), With(RowOf(2, 1, 1, 0), "dev"), RowOf(3, 1, 1, 0) };
        var found = run.Fails("split", Settings("field", field: "part"), ("rows", [run.Rows("rows", rows)]));
        Assert.Equal(["FT4402", "FT4401"], found.Select(d => d.Code));
        Assert.Equal([2L, 3L], found.Select(d => d.Row));
    }

    [Fact]
    public void Groups_that_named_splits_tear_apart_are_an_error()
    {
        using var run = new StageRun();
        var found = run.Fails("split", Settings("sources", group: "group"), Sources(run, [1], [2]));
        Assert.Equal("FT4403", Assert.Single(found).Code);
    }

    [Fact]
    public void Overlap_is_an_error_with_the_rows_of_both_splits()
    {
        using var run = new StageRun();
        var found = run.Fails("split", Settings("sources", overlap: "error"), Sources(run, [5, 6, 7, 7], [9, 7, 5]));
        var error = Assert.Single(found);
        Assert.Equal("FT4404", error.Code);
        Assert.Contains("share 2 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 = 3, 3 = 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlap_can_be_a_warning()
    {
        using var run = new StageRun();
        run.Run("split", Settings("sources"), Sources(run, [5, 6, 7], [7]));
        Assert.Equal(Severity.Warning, Assert.Single(run.Warnings).Severity);
        Assert.Equal([3, 0, 1], Counts(run));
    }

    [Fact]
    public void Overlap_can_be_dropped_from_the_training_side_and_is_counted()
    {
        using var run = new StageRun();
        run.Run("split", Settings("sources", overlap: "drop"), Sources(run, [5, 6, 6, 7, 7], [7, 8]));
        Assert.Equal([3, 0, 2], Counts(run));
        var ledger = LedgerFile.ReadSplit(run.Output("ledger"));
        Assert.Equal(2, ledger.Splits["train"].Dropped);
        Assert.Equal(1, ledger.Splits["train"].Duplicates);
        Assert.Equal(1, Assert.Single(ledger.Overlaps).Texts);
    }

    [Fact]
    public void Nothing_to_train_on_is_an_error()
    {
        using var run = new StageRun();
        Assert.Equal(
            "FT4405",
            Assert.Single(run.Fails("split", Settings("sources", overlap: "drop"), Sources(run, [7], [7]))).Code
        );
    }

    private static (string, string[])[] Sources(StageRun run, int[] train, int[] test) =>
        [
            ("train", [run.Rows("a", train.Select((t, i) => RowOf(i + 1, t, 0, 0)))]),
            ("test", [run.Rows("b", test.Select((t, i) => RowOf(i + 1, t, 0, 0)))]),
        ];

    private static Row With(Row row, string part)
    {
        row.Values["part"] = JsonValue.Create(part);
        return row;
    }

    private static int[] Counts(StageRun run) =>
        [.. new[] { "train", "validation", "test" }.Select(s => RowFile.Count(run.Output(s)))];
}
