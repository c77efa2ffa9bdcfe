using Finetune.Graph.Diagnostics;
using Scriban.Runtime;
using Scriban.Syntax;

namespace Finetune.Stages.Templates;

/// <summary>Walks a template: which columns it reads, which functions it calls, what it must not do.</summary>
internal sealed class TemplateInspector : ScriptVisitor
{
    private readonly List<ColumnUse> _uses = [];
    private readonly List<TemplateError> _errors = [];
    private HashSet<string> _locals = [];

    /// <summary>Column reads in text order.</summary>
    public IReadOnlyList<ColumnUse> Uses => _uses;

    /// <summary>What the sandbox lacks or forbids.</summary>
    public IReadOnlyList<TemplateError> Errors => _errors;

    /// <summary>Whether <c>row</c> is named at all.</summary>
    public bool UsesRow { get; private set; }

    /// <summary>Whether <c>row</c> is used otherwise than with a literal column name.</summary>
    public bool UsesWholeRow { get; private set; }

    /// <summary>Whether it can take long: it has loops or functions.</summary>
    public bool CanLoop { get; private set; }

    /// <summary>Walks the whole template.</summary>
    public void Inspect(ScriptNode page)
    {
        var locals = new TemplateLocals();
        locals.Visit(page);
        _locals = locals.Names;
        CanLoop = locals.CanLoop;
        Visit(page);
        _uses.Sort((a, b) => (a.Line, a.Column).CompareTo((b.Line, b.Column)));
    }

    /// <inheritdoc/>
    public override void Visit(ScriptVariableGlobal node)
    {
        if (IsLocal(node.Name))
        {
            return;
        }

        if (node.Name is RowTemplate.RowName)
        {
            UsesRow = UsesWholeRow = true;
        }
        else if (node.Name is "include" or "include_join")
        {
            Forbid(node, $"'{node.Name}' is not available: a template is one text");
        }
        else if (node.Name is not ("empty" or "blank"))
        {
            Use(node.Name, node);
        }
    }

    /// <inheritdoc/>
    public override void Visit(ScriptMemberExpression node)
    {
        var member = node.Member?.Name ?? "";
        if (node.Target is not ScriptVariableGlobal target || IsLocal(target.Name))
        {
            Visit(node.Target);
        }
        else if (target.Name is RowTemplate.RowName)
        {
            UsesRow = true;
            Use(member, node);
        }
        else if (TemplateSandbox.Functions[target.Name] is ScriptObject group)
        {
            CheckFunction(node, target.Name, member, group);
        }
        else if (target.Name is "date" or "timespan")
        {
            Forbid(node, $"'{target.Name}.{member}' is not available: a prompt depends on its row alone");
        }
        else
        {
            Use(target.Name, target);
        }
    }

    /// <inheritdoc/>
    public override void Visit(ScriptIndexerExpression node)
    {
        if (
            node.Target is ScriptVariableGlobal { Name: RowTemplate.RowName }
            && !IsLocal(RowTemplate.RowName)
            && node.Index is ScriptLiteral { Value: string name }
        )
        {
            UsesRow = true;
            Use(name, node);
            return;
        }

        Visit(node.Target);
        Visit(node.Index);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptFunctionCall node)
    {
        if (
            node.Target is ScriptVariableGlobal { Name: not ("include" or "include_join") } target
            && !IsLocal(target.Name)
            && node.Arguments.Count > 0
        )
        {
            var rest = string.Join(' ', node.Arguments.Select(a => a.ToString()));
            _errors.Add(
                At(
                    target,
                    $"'{target.Name}' is a column, not a function",
                    $"a column with an odd name is row[\"{target.Name} {rest}\"]"
                )
            );
        }

        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptNamedArgument node) => Visit(node.Value);

    /// <inheritdoc/>
    public override void Visit(ScriptObjectMember node) => Visit(node.Value);

    /// <inheritdoc/>
    public override void Visit(ScriptThisExpression node) =>
        Forbid(node, "'this' is not available", "all columns are in 'row'");

    /// <inheritdoc/>
    public override void Visit(ScriptImportStatement node) => Forbid(node, "'import' is not available");

    /// <inheritdoc/>
    public override void Visit(ScriptWithStatement node) =>
        Forbid(node, "'with' is not available", "name the object in front of each member");

    private void CheckFunction(ScriptNode node, string group, string name, ScriptObject functions)
    {
        if (functions.ContainsKey(name))
        {
            return;
        }

        var nearest = NearestMatch.Of(name, functions.Keys);
        _errors.Add(
            At(
                node,
                $"there is no function '{group}.{name}'",
                nearest is null ? null : $"did you mean '{group}.{nearest}'?"
            )
        );
    }

    // "for" in "for.index" is the loop, not a column.
    private bool IsLocal(string name) => _locals.Contains(name) || name is "for" or "while" or "tablerow";

    private void Use(string name, ScriptNode node)
    {
        var start = node.Span.Start;
        _uses.Add(new ColumnUse(name, start.Line + 1, start.Column + 1, Math.Max(1, node.Span.Length)));
    }

    private void Forbid(ScriptNode node, string message, string? cure = null) => _errors.Add(At(node, message, cure));

    private static TemplateError At(ScriptNode node, string message, string? cure) =>
        new(message, node.Span.Start.Line + 1, node.Span.Start.Column + 1, Math.Max(1, node.Span.Length), cure);
}
