namespace Finetune.Engine.Templates.Values;

/// <summary>
/// Names of a function's arguments, in order. One that ends with ? may be left out; a lone / says that those before it
/// have no names for the caller; *args and **kwargs take the rest.
/// </summary>
internal sealed class Signature
{
    private readonly List<string> _names = [];
    private readonly int _required;
    private readonly int _nameless;
    private readonly bool _takesMore;
    private readonly bool _takesNamed;

    public Signature(string name, string arguments)
    {
        Name = name;
        foreach (var part in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (part)
            {
                case "/":
                    _nameless = _names.Count;
                    break;
                case "*args":
                    _takesMore = true;
                    break;
                case "**kwargs":
                    _takesNamed = true;
                    break;
                default:
                    _names.Add(part.TrimEnd('?'));
                    _required += part.EndsWith('?') ? 0 : 1;
                    break;
            }
        }
    }

    public string Name { get; }

    public Bound Bind(CallArguments call)
    {
        var values = new object?[_names.Count];
        var positional = call.Positional;
        for (var at = 0; at < Math.Min(positional.Count, values.Length); at++)
        {
            values[at] = positional[at];
        }

        if (positional.Count > values.Length && !_takesMore)
        {
            throw JinjaException.Type(
                $"{Name}() takes {values.Length} positional arguments but {positional.Count} were given"
            );
        }

        var named = new List<KeyValuePair<string, object>>();
        foreach (var (name, value) in call.Named)
        {
            var at = _names.IndexOf(name);
            if (at >= _nameless)
            {
                values[at] = values[at] is null
                    ? value
                    : throw JinjaException.Type($"{Name}() got multiple values for argument '{name}'");
            }
            else if (_takesNamed)
            {
                named.Add(new(name, value));
            }
            else
            {
                throw JinjaException.Type(
                    _nameless > 0
                        ? $"{Name}() takes no keyword argument '{name}'"
                        : $"{Name}() got an unexpected keyword argument '{name}'"
                );
            }
        }

        for (var at = 0; at < _required; at++)
        {
            if (values[at] is null)
            {
                throw JinjaException.Type($"{Name}() missing 1 required positional argument: '{_names[at]}'");
            }
        }

        return new Bound(values, [.. positional.Skip(values.Length)], named);
    }
}

/// <summary>Arguments, each in its place; null where one was left out.</summary>
internal sealed record Bound(
    object?[] Values,
    IReadOnlyList<object> More,
    IReadOnlyList<KeyValuePair<string, object>> Named
)
{
    public object? this[int at] => Values[at];

    /// <summary>Whether it was given, and not as None.</summary>
    public bool Has(int at) => Values[at] is not null and not None;

    public bool Flag(int at, bool absent = false) => Values[at] is { } value ? Kinds.IsTrue(value) : absent;

    public int Int(int at, int absent) =>
        !Has(at) ? absent
        : Kinds.Whole(Values[at]!) is { } number
            ? (int)System.Numerics.BigInteger.Max(int.MinValue, System.Numerics.BigInteger.Min(int.MaxValue, number))
        : throw JinjaException.Type($"'{Kinds.Name(Values[at]!)}' object cannot be interpreted as an integer");

    public string Text(int at, string absent = "") =>
        !Has(at) ? absent
        : Kinds.Text(Values[at]!) is { } text ? text
        : throw JinjaException.Type($"must be str, not {Kinds.Name(Values[at]!)}");
}
