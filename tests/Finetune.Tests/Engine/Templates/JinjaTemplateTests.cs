using System.Text.Json;
using Finetune.Engine.Templates;

namespace Finetune.Tests.Engine.Templates;

/// <summary>The language, as Jinja's documentation and Python say.</summary>
public sealed class JinjaTemplateTests
{
    [Theory]
    [InlineData("{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** -1 }} {{ 4 / 2 }} {{ 1e16 }}", "3 -4 2 0.5 2.0 1e+16")]
    [InlineData(
        "{{ 2.675 | round(2) }} {{ 0.125 | round(2) }} {{ 2.5 | round }} {{ 15 | round(-1) }}",
        "2.67 0.12 2.0 20"
    )]
    [InlineData("{{ '%.2f|%5d|%-3s|%x' % (1.005, 42, 'a', 255) }}", "1.00|   42|a  |ff")]
    [InlineData("{{ '{:>4}|{:,}|{:.1%}'.format(1, 12345, 0.5) }}", "   1|12,345|50.0%")]
    [InlineData(
        "{{ [1, 'it\\'s', none, true, 1.0, (1,), {'k': 'v'}] }}",
        "[1, \"it's\", None, True, 1.0, (1,), {'k': 'v'}]"
    )]
    [InlineData("{{ 'abc'[::-1] }} {{ '😀b'[0] }} {{ '😀b' | length }} {{ [1, 2, 3][-2:] }}", "cba 😀 2 [2, 3]")]
    [InlineData(
        "{% for i in [1, 2, 3] if i != 2 %}{{ loop.index }}/{{ loop.length }} {% else %}none{% endfor %}",
        "1/2 2/2 "
    )]
    [InlineData("{% for i in [1, [2]] recursive %}{{ loop(i) if i is iterable else i }}{% endfor %}", "12")]
    [InlineData(
        "{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
        "6"
    )]
    [InlineData(
        "{% macro m(a, b='x') %}{{ a }}{{ b }}{{ varargs }}{% endmacro %}{{ m(1) }}{{ m(1, 2, 3) }}",
        "1x()12(3,)"
    )]
    [InlineData("{% macro m() %}<{{ caller('c') }}>{% endmacro %}{% call(v) m() %}{{ v }}{% endcall %}", "<c>")]
    [InlineData(
        "{% filter upper %}a{% endfilter %}{% set x %}b{% endset %}{{ x }}{% with y = 1 %}{{ y }}{% endwith %}",
        "Ab1"
    )]
    [InlineData("a  {%- if true -%}  b  {%- endif %}\nc", "abc")]
    [InlineData("  {% if true %}\n  b\n  {%+ endif %}\nc\n", "  b\n  c")]
    [InlineData(
        "{{ {'z': 1, 'a': [1.0, none]} | tojson(indent=1) }}",
        "{\n \"z\": 1,\n \"a\": [\n  1.0,\n  null\n ]\n}"
    )]
    [InlineData(
        "{{ ['b', 'A'] | sort }} {{ ['b', 'A'] | sort(case_sensitive=true, reverse=true) }}",
        "['A', 'b'] ['b', 'A']"
    )]
    [InlineData(
        "{{ missing }}|{{ missing | default('d') }}|{{ missing is defined }}|{{ none | d('n', true) }}",
        "|d|False|n"
    )]
    [InlineData("{% if false %}{{ 1 | nofilter }}{% endif %}fine", "fine")]
    [InlineData("{{ strftime_now('%-d %B %Y, %A %H:%M %j %p') }}", "5 March 2026, Thursday 09:07 064 AM")]
    public void Renders(string template, string expected) => Assert.Equal(expected, Render(template).Text);

    [Theory]
    [InlineData("one\n{{ 1 + 'a' }}", "TypeError", 2)]
    [InlineData("one\n\n{% if %}{% endif %}", "TemplateSyntaxError", 3)]
    [InlineData("{{ a.b }}", "UndefinedError", 1)]
    [InlineData("\n{{ 1 | nofilter }}", "TemplateAssertionError", 2)]
    [InlineData("{{ [].append }}{{ [].append(1) }}", "SecurityError", 1)]
    [InlineData("{% for a in [1] %}\n{{ raise_exception('own words') }}{% endfor %}", "TemplateError", 2)]
    [InlineData("{% break %}", "TemplateSyntaxError", 1)]
    public void Fails_with_the_kind_and_the_line(string template, string kind, int line)
    {
        var failure = Assert.Throws<JinjaException>(() => Render(template));

        Assert.Equal((kind, line), (failure.Kind, failure.Line));
    }

    [Fact]
    public void Spans_lie_where_the_text_landed()
    {
        var rendered = Render(
            "😀{% macro m() %}<{% generation %}one{% endgeneration %}>{% endmacro %}{{ '- ' ~ m() }}"
                + "{% set s %} {% generation %}two{% endgeneration %} {% endset %}{{ s | trim }}"
        );

        Assert.Equal("😀- <one>two", rendered.Text);
        Assert.Equal([(4, 7), (8, 11)], rendered.Spans);
    }

    private static RenderedText Render(string template) =>
        JinjaTemplate
            .Parse(template)
            .Render(new Dictionary<string, JsonElement>(), new DateTime(2026, 3, 5, 9, 7, 0, DateTimeKind.Unspecified));
}
