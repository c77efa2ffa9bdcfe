using System.Text;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Ingest;

namespace Finetune.Tests.Stages.Ingest;

/// <summary>Measures the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
[Collection("alone")]
public sealed class IngestMemoryTests
{
    [Fact]
    public void A_hundred_thousand_rows_need_little_memory()
    {
        using var run = new StageRun();
        var text = new StringBuilder("text,label\n");
        for (var i = 0; i < 100_000; i++)
        {
            text.Append("some words that a customer wrote,label\n");
        }

        var file = run.File("big.csv", text.ToString());
        text.Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        run.Run("ingest", new IngestSettings("csv", new Dictionary<string, string>(), null), ("files", [file]));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 4_000_000);
        Assert.Equal(100_000, RowFile.Count(run.Output("rows")));
    }
}
