using Scriban.Syntax;

namespace Finetune.Stages.Templates;

/// <summary>The names that a template gives values itself: assigned, captured, loop variables, functions and their
/// parameters.</summary>
internal sealed class TemplateLocals : ScriptVisitor
{
    /// <summary>The names.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it has loops or functions.</summary>
    public bool CanLoop { get; private set; }

    /// <inheritdoc/>
    public override void Visit(ScriptAssignExpression node)
    {
        Add(node.Target);
        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptCaptureStatement node)
    {
        Add(node.Target);
        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptForStatement node)
    {
        CanLoop = true;
        Add(node.Variable);
        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptTableRowStatement node)
    {
        CanLoop = true;
        Add(node.Variable);
        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptWhileStatement node)
    {
        CanLoop = true;
        base.Visit(node);
    }

    /// <inheritdoc/>
    public override void Visit(ScriptFunction node)
    {
        CanLoop = true;
        Add(node.NameOrDoToken);
        foreach (var parameter in node.Parameters ?? [])
        {
            Add(parameter.Name);
        }

        base.Visit(node);
    }

    private void Add(ScriptNode? node)
    {
        if (node is ScriptVariable variable)
        {
            Names.Add(variable.Name);
        }
    }
}
