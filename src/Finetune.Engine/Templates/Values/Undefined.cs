namespace Finetune.Engine.Templates.Values;

/// <summary>What a missing name, key or attribute is: empty when printed or iterated, an error when used.</summary>
internal sealed class Undefined
{
    private readonly string _hint;
    private readonly string _kind;

    private Undefined(string hint, string kind)
    {
        _hint = hint;
        _kind = kind;
    }

    public static Undefined Name(string name) => new($"'{name}' is undefined", "UndefinedError");

    public static Undefined Hint(string hint) => new(hint, "UndefinedError");

    public static Undefined Member(object owner, object name) =>
        new(
            name is string text
                ? $"'{Owner(owner)}' has no attribute {Quoting.Repr(text)}"
                : $"{Owner(owner)} has no element {Printing.Repr(name)}",
            "UndefinedError"
        );

    public static Undefined Unsafe(object owner, string name) =>
        new($"access to attribute '{name}' of '{Kinds.Name(owner)}' object is unsafe.", "SecurityError");

    public JinjaException Fail() => new(_kind, _hint);

    private static string Owner(object owner) =>
        owner switch
        {
            None => "None",
            Undefined => "Undefined",
            _ => $"{Kinds.Name(owner)} object",
        };
}
