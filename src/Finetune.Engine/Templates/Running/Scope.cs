namespace Finetune.Engine.Templates.Running;

/// <summary>Names that a part of a template has set, within those of the parts around it.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, object> _names = new(StringComparer.Ordinal);

    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._names.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    public void Set(string name, object value) => _names[name] = value;

    private Scope? Outer => parent;
}
