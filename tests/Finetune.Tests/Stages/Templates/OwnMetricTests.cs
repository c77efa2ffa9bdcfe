using System.Text.Json.Nodes;
using Finetune.Stages.Templates;

namespace Finetune.Tests.Stages.Templates;

/// <summary>Metrics that are expressions of a document.</summary>
public sealed class OwnMetricTests
{
    [Theory]
    [InlineData("prediction.size <= 5", 1)]
    [InlineData("prediction.size > 5", 0)]
    [InlineData("prediction | string.contains city", 1)]
    [InlineData("prediction == reference", 0)]
    [InlineData("reference.size / 8", 0.75)]
    [InlineData("template == \"ask\" && rank > 2", 1)]
    [InlineData("row[\"odd name\"]", 0)]
    [InlineData("if rank > 2; 0.25; else; 1; end", 0.25)]
    public void An_expression_sees_the_row_and_the_answer(string expression, double expected)
    {
        var row = new JsonObject
        {
            ["city"] = "Oslo",
            ["rank"] = 3,
            ["odd name"] = false,
        };

        Assert.Equal(expected, OwnMetric.Parse(expression).Of(row, "Oslo!", "Bergen", "ask"));
    }

    [Theory]
    [InlineData("prediction")]
    [InlineData("rank")]
    [InlineData("-0.1")]
    public void What_is_no_share_is_refused(string expression) =>
        Assert.Throws<FormatException>(() =>
            OwnMetric.Parse(expression).Of(new JsonObject { ["rank"] = 3 }, "Oslo", "Bergen", "ask")
        );

    [Fact]
    public void The_answer_comes_before_a_column_of_its_name() =>
        Assert.Equal(
            1,
            OwnMetric
                .Parse("prediction == \"said\"")
                .Of(new JsonObject { ["prediction"] = "a column" }, "said", "right", "ask")
        );

    [Theory]
    [InlineData("include 'x'")]
    [InlineData("date.now")]
    [InlineData("1 +")]
    public void The_sandbox_and_the_syntax_are_those_of_templates(string expression) =>
        Assert.Throws<TemplateException>(() => OwnMetric.Parse(expression));
}
