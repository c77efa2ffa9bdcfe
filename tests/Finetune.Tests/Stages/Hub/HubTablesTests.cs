using Finetune.Graph.Diagnostics;
using Finetune.Stages.Hub;

namespace Finetune.Tests.Stages.Hub;

public sealed class HubTablesTests
{
    private static readonly HubReference Reference = HubReference.Parse("hub-dataset:org/rows")!;

    private static readonly string[] Converted =
    [
        "README.md",
        "en/test/0000.parquet",
        "en/train/0000.parquet",
        "en/train/0001.parquet",
        "fr/partial-train/0000.parquet",
    ];

    [Theory]
    [InlineData("en/train/0000.parquet", "en", "train")]
    [InlineData("fr/partial-train/0000.parquet", "fr", "train")]
    [InlineData("data/train-00000-of-00002.parquet", "default", "train")]
    [InlineData("en/validation-00000-of-00001-abc.parquet", "en", "validation")]
    [InlineData("test.jsonl", "default", "test")]
    [InlineData("train/0.csv", "default", "train")]
    public void The_hubs_layouts_say_configuration_and_split(string path, string config, string split) =>
        Assert.Equal((config, split), HubTables.Place(path));

    [Fact]
    public void Configuration_and_split_pick_tables() =>
        Assert.Equal(
            ["en/train/0000.parquet", "en/train/0001.parquet"],
            new HubTables([], "en", "train").Of(Reference, Converted)
        );

    [Fact]
    public void Patterns_pick_tables() =>
        Assert.Equal(
            ["en/test/0000.parquet", "en/train/0000.parquet"],
            new HubTables(["en/*/0000.parquet"], null, null).Of(Reference, Converted)
        );

    [Theory]
    [InlineData(null, null, "config: en")]
    [InlineData("en", null, "split: test")]
    [InlineData("de", null, "refs/convert/parquet")]
    public void What_is_not_clear_is_asked(string? config, string? split, string cure)
    {
        var exception = Assert.Throws<PipelineException>(() =>
            new HubTables([], config, split).Of(Reference, Converted)
        );

        Assert.Contains(cure, exception.Diagnostics[0].Cure, StringComparison.Ordinal);
    }
}
