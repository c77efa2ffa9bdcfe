using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads one value; what is wrong goes to the findings, and the answer is null.</summary>
/// <param name="Findings">Where faults go.</param>
/// <param name="Node">The value.</param>
/// <param name="Path">Its key path.</param>
internal sealed record ValueReader(Findings Findings, Node Node, string Path)
{
    /// <summary>A text.</summary>
    public string? Text(bool mayBeEmpty = false)
    {
        if (Node is ScalarNode { Value: string text })
        {
            if (text.Length > 0 || mayBeEmpty)
            {
                return text;
            }

            Findings.Add(Codes.Empty, Node.Span, Path, $"'{Path}' is empty");
            return null;
        }

        Wrong("a text", Node is ScalarNode scalar ? $"write it in quotes: \"{scalar.Text}\"" : null);
        return null;
    }

    /// <summary>A whole number inside the bounds.</summary>
    public long? Whole(Bounds bounds)
    {
        if (Node is not ScalarNode { Value: long number })
        {
            Wrong("a whole number");
            return null;
        }

        return Inside(number, bounds) ? number : null;
    }

    /// <summary>A number inside the bounds.</summary>
    public double? Number(Bounds bounds)
    {
        var number = (Node as ScalarNode)?.Value switch
        {
            long whole => (double)whole,
            double fraction => fraction,
            _ => (double?)null,
        };
        if (number is null)
        {
            Wrong("a number");
            return null;
        }

        return Inside(number.Value, bounds) ? number : null;
    }

    /// <summary>true or false.</summary>
    public bool? Flag()
    {
        if (Node is ScalarNode { Value: bool flag })
        {
            return flag;
        }

        Wrong("true or false");
        return null;
    }

    /// <summary>One of the words.</summary>
    public string? Word(params string[] words)
    {
        if (Node is not ScalarNode { Value: string text })
        {
            Wrong($"{(words.Length == 1 ? "the word" : "one of the words")} {Words.Or(words)}");
            return null;
        }

        return KnownWord(text, words);
    }

    /// <summary>The text if it is one of the words; else it is a fault.</summary>
    public string? KnownWord(string text, string[] words)
    {
        if (words.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        Findings.Add(
            Codes.UnknownWord,
            Node.Span,
            Path,
            $"'{Path}' cannot be '{text}'",
            NearestMatch.Of(text, words) is { } nearest ? $"did you mean '{nearest}'?" : $"write {Words.Or(words)}"
        );
        return null;
    }

    /// <summary>Says that the value is none of the shapes that can stand here.</summary>
    public void WrongShape(params string[] shapes) =>
        Fault(Codes.WrongShape, $"'{Path}' cannot be {Words.Describe(Node)}", $"write {Words.Or(shapes)}");

    /// <summary>Says that the value has the wrong type.</summary>
    public void Wrong(string wanted, string? cure = null) =>
        Fault(Codes.WrongType, $"'{Path}' wants {wanted}, found {Words.Describe(Node)}", cure);

    // A value that is missing has been told by whoever looked for it.
    private void Fault(string code, string message, string? cure)
    {
        if (Node is not ScalarNode { Value: null })
        {
            Findings.Add(code, Node.Span, Path, message, cure);
        }
    }

    private bool Inside(double number, Bounds bounds)
    {
        if (bounds.Contain(number))
        {
            return true;
        }

        Findings.Add(
            Codes.OutOfBounds,
            Node.Span,
            Path,
            $"'{Path}' must be {bounds.Tell(number)}, found {((ScalarNode)Node).Text}"
        );
        return false;
    }
}
