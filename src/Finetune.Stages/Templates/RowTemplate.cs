using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Finetune.Stages.Templates;

/// <summary>
/// A Scriban text that turns a row into a text. Sandboxed: no includes, no files, no CLR objects, no clock, no
/// randomness; loops, recursion, output and time are limited. Culture-invariant. Safe for use by several threads.
/// </summary>
public sealed class RowTemplate
{
    /// <summary>The name under which a template sees all columns, for odd names: <c>row["first name"]</c>.</summary>
    public const string RowName = "row";

    private readonly Template _template;
    private readonly TemplateInspector _inspector;
    private readonly ConcurrentBag<TemplateContext> _contexts = [];

    private RowTemplate(Template template, TemplateInspector inspector)
    {
        _template = template;
        _inspector = inspector;
        Columns =
        [
            .. inspector.Uses.Select(u => u.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The columns read anywhere in the text, loops and conditions included; ordinal order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Every place where a column is read, in text order.</summary>
    public IReadOnlyList<ColumnUse> Uses => _inspector.Uses;

    /// <summary>Whether the text reads columns by a computed name or all of them (<c>row[key]</c>, <c>for c in row</c>).</summary>
    public bool UsesWholeRow => _inspector.UsesWholeRow;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">The text has errors of syntax, or asks for what the sandbox lacks.</exception>
    public static RowTemplate Parse(string text)
    {
        var template = Template.Parse(text, "template");
        var errors = TemplateSyntax.Errors(text, template);
        var inspector = new TemplateInspector();
        if (errors.Count == 0)
        {
            inspector.Inspect(template.Page!);
            errors = inspector.Errors;
        }

        return errors.Count == 0
            ? new RowTemplate(template, inspector)
            : throw new TemplateException([.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column)]);
    }

    /// <summary>The text for a row. A null value renders as nothing; a column that the row lacks is an error.</summary>
    /// <exception cref="TemplateException">The row lacks a column, or the template fails on this row.</exception>
    public string Render(JsonObject values)
    {
        var globals = new ScriptObject();
        foreach (var name in Columns)
        {
            if (!values.TryGetPropertyValue(name, out var value))
            {
                var use = Uses.First(u => string.Equals(u.Name, name, StringComparison.Ordinal));
                throw new TemplateException([
                    new TemplateError($"the row has no column '{name}'", use.Line, use.Column, use.Length),
                ]);
            }

            globals[name] = RowValues.ToScript(value);
        }

        if (_inspector.UsesRow)
        {
            globals[RowName] = UsesWholeRow ? RowValues.ToScript(values) : globals.Clone(deep: false);
        }

        var context = _contexts.TryTake(out var pooled) ? pooled : TemplateSandbox.NewContext();
        return Render(context, globals);
    }

    private string Render(TemplateContext context, ScriptObject globals)
    {
        using var limit = _inspector.CanLoop ? new CancellationTokenSource(TemplateSandbox.TimeLimit) : null;
        context.CancellationToken = limit?.Token ?? CancellationToken.None;
        context.PushGlobal(globals);
        try
        {
            var text = _template.Render(context);
            context.PopGlobal();
            _contexts.Add(context);
            return text;
        }
        catch (ScriptAbortException)
        {
            throw new TemplateException([new TemplateError("rendering takes longer than five seconds", 1, 1)]);
        }
        catch (ScriptRuntimeException e)
        {
            var start = e.Span.Start;
            throw new TemplateException([new TemplateError(e.OriginalMessage, start.Line + 1, start.Column + 1)]);
        }
    }
}
