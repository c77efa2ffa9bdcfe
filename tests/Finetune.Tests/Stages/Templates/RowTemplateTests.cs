using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Stages.Templates;

namespace Finetune.Tests.Stages.Templates;

public sealed class RowTemplateTests
{
    [Theory]
    [InlineData("Message: {{ message }}\nIntent:", "Message: hi {there}\nIntent:")]
    [InlineData("{{ row[\"first name\"] }}", "Ada")]
    [InlineData("{{ row.message }}", "hi {there}")]
    [InlineData("{{ message | string.upcase }}", "HI {THERE}")]
    [InlineData("{{ price }} {{ share }} {{ big }} {{ yes }}", "1.50 0.25 1234567 true")]
    [InlineData("[{{ nothing }}]", "[]")]
    [InlineData("{{ nothing ?? \"none\" }}", "none")]
    [InlineData("{{ for w in words }}{{ for.index }}{{ w }};{{ end }}", "0a;1b;")]
    [InlineData("{{ if nothing == null }}no{{ else }}{{ message }}{{ end }}", "no")]
    [InlineData("{{ x = price * 2 }}{{ x }}", "3.00")]
    [InlineData("{{ key = \"message\" }}{{ row[key] }}", "hi {there}")]
    [InlineData("{{~ # a comment ~}}\n{{ nested.deep }}", "down")]
    public void A_row_renders(string text, string expected) => Assert.Equal(expected, Render(text));

    [Theory]
    [InlineData("{{ a }} {{ if b }}{{ for x in c }}{{ x.d }}{{ e }}{{ end }}{{ end }}", "a b c e")]
    [InlineData("{{ row[\"first name\"] }}{{ row.z }}", "first name z")]
    [InlineData("{{ s = a | string.replace b c }}{{ s }}", "a b c")]
    [InlineData("{{ capture t }}{{ a }}{{ end }}{{ t }}{{ t | string.size }}", "a")]
    [InlineData("{{ func f(x) }}{{ x }}{{ a }}{{ end }}{{ f b }}", "a b")]
    [InlineData("{{ string }} {{ date }} {{ html.escape html }}", "date html string")]
    [InlineData("{{ items | array.each @(do; ret $0 + suffix; end) }}", "items suffix")]
    [InlineData("plain {{ \"text\" }}", "")]
    public void Columns_are_found_wherever_they_are_used(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', RowTemplate.Parse(text).Columns));

    [Theory]
    [InlineData("{{ row }}")]
    [InlineData("{{ k = \"a\" }}{{ row[k] }}")]
    [InlineData("{{ for c in row }}{{ c }}{{ end }}")]
    public void Computed_names_use_the_whole_row(string text) => Assert.True(RowTemplate.Parse(text).UsesWholeRow);

    [Theory]
    [InlineData("a\n{{ message", 2, 1, "not closed")]
    [InlineData("{{ if message }}x", 1, 17, "end")]
    [InlineData("{{ message | string.upcse }}", 1, 14, "no function 'string.upcse'")]
    [InlineData("{{ include 'a.txt' }}", 1, 4, "'include' is not available")]
    [InlineData("{{ import row }}", 1, 4, "'import' is not available")]
    [InlineData("{{ date.now }}", 1, 4, "'date.now' is not available")]
    [InlineData("{{ math.random 1 6 }}", 1, 4, "no function 'math.random'")]
    [InlineData("{{ math.uuid }}", 1, 4, "no function 'math.uuid'")]
    [InlineData("{{ object.eval 'x' }}", 1, 4, "no function 'object.eval'")]
    [InlineData("{{ this.message }}", 1, 4, "'this' is not available")]
    [InlineData("{{ first name }}", 1, 4, "'first' is a column, not a function")]
    [InlineData("{{ message + }}", 1, 14, "expression")]
    public void What_is_wrong_is_told_with_its_place(string text, int line, int column, string message)
    {
        var error = Assert.Throws<TemplateException>(() => RowTemplate.Parse(text)).Errors[0];
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Theory]
    [InlineData("{{ missing }}", "the row has no column 'missing'")]
    [InlineData("{{ for i in 1..100000 }}{{ i }}{{ end }}", "loop")]
    [InlineData("{{ func f(x) }}{{ f x }}{{ end }}{{ f 1 }}", "recursive")]
    [InlineData("{{ nothing.deep }}", "null")]
    public void What_fails_on_a_row_is_told(string text, string message)
    {
        var error = Assert.Throws<TemplateException>(() => Render(text)).Errors[0];
        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void One_row_leaves_nothing_for_the_next()
    {
        var template = RowTemplate.Parse("{{ if a == 1 }}{{ x = 5 }}{{ end }}{{ x ?? 0 }}");
        Assert.Equal("5", template.Render(new JsonObject { ["a"] = 1 }));
        Assert.Throws<TemplateException>(() => template.Render(new JsonObject { ["a"] = 2 }));
    }

    [Fact]
    public void Culture_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal("0.25", Render("{{ share }}"));
            Assert.Equal("1.75", Render("{{ share + price }}"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_hundred_thousand_rows_take_seconds_at_most()
    {
        var template = RowTemplate.Parse("Which intent?\nMessage: {{ message }}\nIntent: {{ row.message }}");
        var row = Row();
        var watch = Stopwatch.StartNew();
        Parallel.For(
            0,
            2,
            _ =>
            {
                for (var i = 0; i < 50_000; i++)
                {
                    template.Render(row);
                }
            }
        );
        Assert.True(watch.Elapsed.TotalSeconds < 15, $"{watch.Elapsed.TotalSeconds} s");
    }

    private static string Render(string text) => RowTemplate.Parse(text).Render(Row());

    private static JsonObject Row() =>
        JsonNode
            .Parse(
                """
                {"message": "hi {there}", "first name": "Ada", "price": 1.50, "share": 0.25, "big": 1234567,
                 "yes": true, "nothing": null, "words": ["a", "b"], "nested": {"deep": "down"}}
                """
            )!
            .AsObject();
}
