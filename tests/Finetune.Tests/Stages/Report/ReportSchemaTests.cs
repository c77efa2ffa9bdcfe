using Finetune.Stages.Report;
using Finetune.Tests.Stages.Compilation;
using NJsonSchema;

namespace Finetune.Tests.Stages.Report;

public sealed class ReportSchemaTests
{
    /// <summary>After a change of the records: <c>FINETUNE_UPDATE_SNAPSHOTS=1 dotnet test --filter ReportSchema</c>.</summary>
    [Fact]
    public void The_schema_in_the_repository_is_the_one_the_records_give()
    {
        var path = Path.Combine(PipelineFolder.Source("World"), "../../../../../schemas/report.schema.json");
        var generated = ReportSchema.Generate();
        if (Environment.GetEnvironmentVariable("FINETUNE_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, generated);
        }

        Assert.Equal(File.ReadAllText(path), generated);
        Assert.Equal(generated, ReportSchema.Json);
    }

    [Fact]
    public async Task Reports_are_as_the_schema_says()
    {
        var schema = await JsonSchema.FromJsonAsync(ReportSchema.Json);
        using var banking = await InventedReport.BankingAsync();
        using var labels = await InventedReport.ManyLabelsAsync();

        foreach (var report in new[] { banking, labels })
        {
            var json = await File.ReadAllTextAsync(report.JsonPath);
            Assert.Empty(schema.Validate(json).Select(fault => fault.ToString()));
        }

        Assert.NotEmpty(schema.Validate("""{ "version": 1 }"""));
    }
}
