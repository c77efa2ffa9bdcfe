namespace Finetune.Engine.Templates.Values;

/// <summary>What namespace() gives: the one thing a template can write to from within a loop.</summary>
internal sealed class Namespace(PyDict values) : INamedKind
{
    public PyDict Values => values;

    public string Kind => "Namespace";
}
