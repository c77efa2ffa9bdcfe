using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using static Finetune.Engine.Tokenizers.Patterns.PatternNode;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// A pattern run by .NET's compiled engine, which is many times faster than ours, on text in which characters are
/// written as their classes (<see cref="CharacterClasses"/>), so that only the structure of the pattern is left to it.
/// What the two engines would see differently is not translated: then there is none.
/// </summary>
internal sealed class FrameworkPattern
{
    private readonly Regex _regex;
    private readonly CharacterClasses _classes;

    private FrameworkPattern(Regex regex, CharacterClasses classes) => (_regex, _classes) = (regex, classes);

    /// <summary>Null where a part has no certain translation.</summary>
    public static FrameworkPattern? Of(PatternNode node)
    {
        var sets = new List<CodePointSet>();
        if (!Translatable(node, sets) || MayBeEmpty(node) || CharacterClasses.Of(sets) is not { } classes)
        {
            return null;
        }

        var written = new StringBuilder();
        Write(node, classes, written);
        return new FrameworkPattern(
            new Regex(written.ToString(), RegexOptions.Compiled | RegexOptions.CultureInvariant),
            classes
        );
    }

    /// <summary>Calls back with the end of every stretch, matched or between matches, in order; no surrogates.</summary>
    public void Cut<T>(ReadOnlySpan<char> text, ref T sink)
        where T : struct, IPieceSink, allows ref struct
    {
        char[]? rented = null;
        var seen = text;
        if (!Ascii.IsValid(text))
        {
            rented = ArrayPool<char>.Shared.Rent(text.Length);
            _classes.Translate(text, rented);
            seen = rented.AsSpan(0, text.Length);
        }

        var last = 0;
        foreach (var match in _regex.EnumerateMatches(seen))
        {
            if (last < match.Index)
            {
                sink.Piece(text[last..match.Index]);
            }

            last = match.Index + match.Length;
            sink.Piece(text[match.Index..last]);
        }

        if (last < text.Length)
        {
            sink.Piece(text[last..]);
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static bool Translatable(PatternNode node, List<CodePointSet> sets)
    {
        switch (node)
        {
            case One one:
                sets.Add(one.Set);
                return true;
            case Concat concat:
                return concat.Parts.All(part => Translatable(part, sets));
            case Either either:
                return either.Choices.All(choice => Translatable(choice, sets));
            case Repeat repeat:
                // Engines differ in what a repeat does with an empty turn.
                return Translatable(repeat.Body, sets) && !MayBeEmpty(repeat.Body);
            case Look { Behind: false } look:
                return Translatable(look.Body, sets);
            case Look { Body: One or Concat { Parts: [One] } } look:
                return Translatable(look.Body, sets);
            case Atomic atomic:
                return Translatable(atomic.Body, sets);
            case Place place:
                return place.Anchor is Anchor.TextStart or Anchor.TextEnd;
            default:
                return false;
        }
    }

    private static bool MayBeEmpty(PatternNode node) =>
        node switch
        {
            One => false,
            Concat concat => concat.Parts.All(MayBeEmpty),
            Either either => either.Choices.Any(MayBeEmpty),
            Repeat repeat => repeat.Min == 0 || MayBeEmpty(repeat.Body),
            Atomic atomic => MayBeEmpty(atomic.Body),
            _ => true,
        };

    private static void Write(PatternNode node, CharacterClasses classes, StringBuilder target)
    {
        switch (node)
        {
            case One one:
                target.Append(classes.Written(one.Set));
                break;
            case Concat concat:
                foreach (var part in concat.Parts)
                {
                    Group("(?:", part);
                }

                break;
            case Either either:
                for (var i = 0; i < either.Choices.Count; i++)
                {
                    target.Append(i == 0 ? "" : "|");
                    Group("(?:", either.Choices[i]);
                }

                break;
            case Repeat repeat:
                target.Append(repeat.Greed == Greed.Possessive ? "(?>" : "(?:");
                Group("(?:", repeat.Body);
                target.Append($"{{{repeat.Min},{(repeat.Max < 0 ? "" : repeat.Max)}}}");
                target.Append(repeat.Greed == Greed.Lazy ? "?)" : ")");
                break;
            case Look look:
                Group(
                    (look.Behind, look.Negative) switch
                    {
                        (false, false) => "(?=",
                        (false, true) => "(?!",
                        (true, false) => "(?<=",
                        _ => "(?<!",
                    },
                    look.Body
                );
                break;
            case Atomic atomic:
                Group("(?>", atomic.Body);
                break;
            case Place place:
                target.Append(place.Anchor == Anchor.TextStart ? @"\A" : @"\z");
                break;
        }

        void Group(string open, PatternNode body)
        {
            target.Append(open);
            Write(body, classes, target);
            target.Append(')');
        }
    }
}
