using Finetune.Engine.Templates.Methods;

namespace Finetune.Engine.Templates.Values;

/// <summary>Attribute and item lookup as Jinja's immutable sandbox does it.</summary>
internal static class Members
{
    private static readonly string[] ListChanges =
    [
        "append",
        "clear",
        "pop",
        "reverse",
        "insert",
        "sort",
        "extend",
        "remove",
    ];

    private static readonly string[] DictChanges = ["clear", "pop", "popitem", "setdefault", "update"];

    /// <summary><c>owner.name</c>: the attribute, else the item.</summary>
    public static object Attribute(object owner, string name) =>
        owner is Undefined missing ? throw missing.Fail()
        : Own(owner, name) is { } value ? value
        : Indexing.Item(owner, name) ?? Undefined.Member(owner, name);

    /// <summary><c>owner[key]</c>: the item, else the attribute.</summary>
    public static object Item(object owner, object key)
    {
        if (owner is Undefined missing)
        {
            throw missing.Fail();
        }

        return Indexing.Item(owner, key)
            ?? (Kinds.Text(key) is { } name ? Own(owner, name) : null)
            ?? Undefined.Member(owner, key);
    }

    /// <summary>The attribute alone, or null.</summary>
    public static object? Own(object owner, string name)
    {
        if (name.StartsWith('_'))
        {
            return name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)
                ? Undefined.Unsafe(owner, name)
                : null;
        }

        switch (owner)
        {
            case string or Markup:
                return StringMethods.Bind(owner, name);
            case PyList when ListChanges.Contains(name):
            case PyDict when DictChanges.Contains(name):
                return Undefined.Unsafe(owner, name);
            case PyList or PyTuple or PyRange:
                return (owner as PyTuple)?.Named(name) ?? SequenceMethods.Bind(owner, name);
            case PyDict dict:
                return DictMethods.Bind(dict, name);
            case Namespace names:
                return names.Values.TryGet(name, out var value) ? value : null;
            case IMembers members:
                return members.Member(name);
            default:
                return NumberMethods.Bind(owner, name);
        }
    }
}

/// <summary>A value of its own kind with attributes.</summary>
internal interface IMembers
{
    object? Member(string name);
}
