namespace Finetune.Stages.Compilation.Schema;

/// <summary>The value is one of these words.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsAttribute(params string[] words) : Attribute
{
    /// <summary>The words.</summary>
    public IReadOnlyList<string> Words { get; } = words;
}

/// <summary>The value is exactly one of these shapes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params Type[] shapes) : Attribute
{
    /// <summary>The shapes, simplest first.</summary>
    public IReadOnlyList<Type> Shapes { get; } = shapes;

    /// <summary>Words, for the shape <see cref="Word"/>.</summary>
    public string[] Words { get; init; } = [];
}

/// <summary>Stands for a word in <see cref="OneOfAttribute"/>.</summary>
internal sealed class Word;

/// <summary>Stands for a non-empty text in <see cref="OneOfAttribute"/>.</summary>
internal sealed class Text;

/// <summary>Stands for a list of texts in <see cref="OneOfAttribute"/>.</summary>
internal sealed class Texts;

/// <summary>Stands for a list of whole numbers from 0, all different, in <see cref="OneOfAttribute"/>.</summary>
internal sealed class Numbers;

/// <summary>Stands for a list of two texts or more, all different, in <see cref="OneOfAttribute"/>.</summary>
internal sealed class ChoiceTexts;

/// <summary>Stands for a list of messages in <see cref="OneOfAttribute"/>.</summary>
internal sealed class MessageList;

/// <summary>The bounds of a number, both inside unless said otherwise.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute(double minimum, double maximum) : Attribute
{
    /// <summary>The smallest number.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>The largest number; infinity for none.</summary>
    public double Maximum { get; } = maximum;

    /// <summary>Whether the smallest number itself is outside.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>Whether the largest number itself is outside.</summary>
    public bool BelowMaximum { get; init; }
}

/// <summary>A list or a map has at least one item; a text at least one character.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotEmptyAttribute : Attribute;

/// <summary>The keys of a map, or the text, are names: letters, digits, _ and -.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesAttribute : Attribute
{
    /// <summary>The pattern of a name.</summary>
    public const string Pattern = "^[A-Za-z0-9_][A-Za-z0-9_-]*$";
}

/// <summary>The text fits a pattern.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PatternAttribute(string pattern) : Attribute
{
    /// <summary>The whole text's regular expression.</summary>
    public string Pattern { get; } = pattern;
}

/// <summary>A value to copy, as JSON.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ExampleAttribute(string json) : Attribute
{
    /// <summary>The value as JSON.</summary>
    public string Json { get; } = json;
}
