namespace Finetune.Stages.Report.Html;

/// <summary>Text that is HTML already. The only ways to it are an interpolated string, whose holes are escaped by
/// their type, and joining others: whatever a user wrote cannot come in as markup.</summary>
internal readonly record struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup Empty { get; } = new("");

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(_text);

    /// <summary>HTML with holes: a string is escaped, markup is not.</summary>
    public static Markup Of(MarkupBuilder builder) => new(builder.ToString());

    /// <summary>One after the other.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(p => p.ToString())));

    /// <summary>A file of this project, trusted as it is.</summary>
    public static Markup Resource(string name)
    {
        using var stream =
            typeof(Markup).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the resource {name} is missing from the assembly");
        using var reader = new StreamReader(stream);
        return new Markup(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";
}
