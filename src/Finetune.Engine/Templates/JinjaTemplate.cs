using System.Text.Json;
using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Syntax;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates;

/// <summary>
/// A Jinja template in the environment in which Transformers runs chat templates: an immutable sandbox with
/// trim_blocks, lstrip_blocks, break, continue and generation blocks.
/// </summary>
public sealed class JinjaTemplate
{
    private readonly Body _body;
    private readonly Dictionary<string, BlockStatement> _blocks;

    private JinjaTemplate(string source)
    {
        (_body, _blocks) = TemplateParser.Parse(source);
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="JinjaException">It cannot be read.</exception>
    public static JinjaTemplate Parse(string source) => new(source);

    /// <summary>Renders it.</summary>
    /// <param name="variables">Its variables, by name.</param>
    /// <param name="now">What <c>strftime_now</c> reads.</param>
    /// <param name="limits">What it may use up; <see cref="TemplateLimits.Default"/> where null.</param>
    /// <exception cref="JinjaException">It failed or was stopped.</exception>
    public RenderedText Render(
        IEnumerable<KeyValuePair<string, JsonElement>> variables,
        DateTime now,
        TemplateLimits? limits = null
    )
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            values[name] = JsonValues.Of(value);
        }

        return Render(values, now, limits);
    }

    internal RenderedText Render(IReadOnlyDictionary<string, object> variables, DateTime now, TemplateLimits? limits)
    {
        limits ??= TemplateLimits.Default;
        var before = Meter.Replace(new Meter(limits));
        try
        {
            var rendering = new Rendering(variables, new Globals(now), limits);
            foreach (var (name, block) in _blocks)
            {
                rendering.Blocks[name] = block;
            }

            var (text, spans) = rendering.Run(_body);
            return RenderedText.Of(text, spans);
        }
        catch (Exception e)
            when (e is InvalidCastException or InvalidOperationException or ArithmeticException or ArgumentException)
        {
            throw JinjaException.Value(e.Message);
        }
        finally
        {
            Meter.Replace(before);
        }
    }
}
