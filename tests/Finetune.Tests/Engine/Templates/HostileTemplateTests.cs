using System.Text.Json;
using Finetune.Engine.Templates;

namespace Finetune.Tests.Engine.Templates;

/// <summary>Templates that would run for ever, fill the memory or dig for more than they are given.</summary>
public sealed class HostileTemplateTests
{
    [Theory]
    [InlineData("{{ 'a' * 10 ** 9 }}")]
    [InlineData("{{ [0] * 10 ** 9 }}")]
    [InlineData("{{ range(10 ** 12) | list }}")]
    [InlineData("{{ 10 ** (10 ** 10) }}")]
    [InlineData("{{ 2 ** 60000 * 2 ** 60000 }}")]
    [InlineData("{{ '%*d' % (10 ** 9, 1) }}")]
    [InlineData("{{ '%999999999d' % 1 }}")]
    [InlineData("{{ '{:999999999}'.format(1) }}")]
    [InlineData("{{ 'a'.ljust(10 ** 9) }}")]
    [InlineData("{{ ('a' * 1000000).replace('a', 'a' * 1000000) }}")]
    [InlineData("{{ (['a' * 1000000] * 1000) | join }}")]
    [InlineData("{{ 'a' | indent(10 ** 9, true) }}")]
    [InlineData("{{ [1] | tojson(indent=10 ** 9) }}")]
    [InlineData("{{ [1] | batch(10 ** 9, 0) | list | length }}")]
    [InlineData("{{ [1] | slice(10 ** 9) | list }}")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m(x) %}{{ m(x) ~ m(x) }}{% endmacro %}{{ m(1) }}")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{% block b %}{{ self.b() }}{% endblock %}")]
    [InlineData("{% set n = namespace(a=1) %}{% set n.a = n %}{{ n }}")]
    [InlineData("{% set n = namespace(a=[]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}")]
    [InlineData(
        "{% set n = namespace(a=[]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a | tojson }}"
    )]
    [InlineData(
        "{% set n = namespace(a=[],b=[]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}"
    )]
    [InlineData(
        "{% set n = namespace(a=()) %}{% for i in range(60) %}{% set n.a = (n.a, n.a) %}{% endfor %}{{ {n.a: 1} }}"
    )]
    [InlineData("{% set n = namespace(a=[]) %}{% for i in range(90000) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}")]
    [InlineData(
        "{% set n = namespace(a=[1]) %}{% for i in range(90000) %}{% set n.a = n.a | map('abs') %}{% endfor %}{{ n.a | list }}"
    )]
    [InlineData("{% set n = namespace(a='a') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}{{ n.a }}")]
    [InlineData("{{ ''.__class__.__mro__ }}")]
    [InlineData("{{ ''['__class__']['__base__'] }}")]
    [InlineData("{{ '{0.__class__.__init__}'.format(1) }}")]
    [InlineData("{{ range.__globals__.x }}")]
    [InlineData("{{ cycler.__init__.__globals__ }}")]
    [InlineData("{{ [].append(1) }}")]
    [InlineData("{{ self._blocks.x }}")]
    [InlineData("{{ raise_exception('no') }}")]
    public void It_is_stopped(string template) =>
        Assert.True(Assert.Throws<JinjaException>(() => Render(template)).Line > 0);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("1 if 1 else ", "")]
    [InlineData("{1:", "}")]
    public void Nesting_in_an_expression_ends_in_an_error_or_a_value(string open, string close)
    {
        const int deep = 100_000;
        var source = string.Concat(Enumerable.Repeat(open, deep)) + "1" + string.Concat(Enumerable.Repeat(close, deep));

        Stops("{{ " + source + " }}");
        Stops(string.Concat(Enumerable.Repeat("{% if 1 %}", deep)));
        Stops("{{ " + string.Concat(Enumerable.Repeat("1 + ", deep)) + "1 }}");
        Stops("{{ 1" + string.Concat(Enumerable.Repeat(" | abs", deep)) + " }}");
        Stops("{{ a" + string.Concat(Enumerable.Repeat(".a", deep)) + " }}");
    }

    [Fact]
    public void The_limits_are_the_callers()
    {
        var template = JinjaTemplate.Parse("line one\n{% for i in range(9) %}\n{{ i }}{% endfor %}");

        var failure = Assert.Throws<JinjaException>(() =>
            template.Render(Nothing, default, TemplateLimits.Default with { Output = 12 })
        );

        Assert.Equal((JinjaException.LimitReached, 3), (failure.Kind, failure.Line));
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Nothing => [];

    private static string Render(string template) => JinjaTemplate.Parse(template).Render(Nothing, default).Text;

    private static void Stops(string template)
    {
        try
        {
            _ = Render(template);
        }
        catch (JinjaException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
