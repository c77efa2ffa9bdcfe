using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>What can be assigned to: a name, an attribute of a namespace, or several of them.</summary>
internal sealed class Target
{
    private readonly string _name = "";
    private readonly string? _attribute;
    private readonly IReadOnlyList<Target>? _parts;

    public Target(string name, string? attribute)
    {
        _name = name;
        _attribute = attribute;
    }

    public Target(IReadOnlyList<Target> parts) => _parts = parts;

    public void Assign(Frame frame, object value)
    {
        if (_parts is not null)
        {
            Unpack(frame, value, _parts);
        }
        else if (_attribute is null)
        {
            frame.Scope.Set(_name, value);
        }
        else if ((frame.Scope.Find(_name) ?? frame.Rendering.Name(_name)) is Namespace names)
        {
            names.Values.Set(_attribute, value);
        }
        else
        {
            throw new JinjaException("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
        }
    }

    private static void Unpack(Frame frame, object value, IReadOnlyList<Target> parts)
    {
        if (value is Undefined or None || !Iteration.IsIterable(value))
        {
            throw value is Undefined
                ? JinjaException.Value($"not enough values to unpack (expected {parts.Count}, got 0)")
                : JinjaException.Type($"cannot unpack non-iterable {Kinds.Name(value)} object");
        }

        List<object> items = [.. Iteration.Over(value).Take(parts.Count + 1)];
        if (items.Count != parts.Count)
        {
            throw JinjaException.Value(
                items.Count > parts.Count
                    ? $"too many values to unpack (expected {parts.Count})"
                    : $"not enough values to unpack (expected {parts.Count}, got {items.Count})"
            );
        }

        for (var at = 0; at < parts.Count; at++)
        {
            parts[at].Assign(frame, items[at]);
        }
    }
}
