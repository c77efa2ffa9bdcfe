using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// Decodes ids one by one. What it gives out, joined, is what decoding all of them at once gives; a character whose
/// bytes are not all there yet is held back.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of text, the word that readers of tokenizers know")]
public sealed class DecodeStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _window = [];
    private int _read;
    private string _given = "";

    internal DecodeStream(Tokenizer tokenizer, bool skipSpecialTokens) =>
        (_tokenizer, _skipSpecialTokens) = (tokenizer, skipSpecialTokens);

    /// <summary>Takes one more id; the text that is certain by now and was not given before, often empty.</summary>
    public string Push(int id)
    {
        _window.Add(id);
        if (_tokenizer.EndsInByte(_window, _skipSpecialTokens))
        {
            return "";
        }

        var text = Decode(_window);

        // U+FFFD at the end may be the first bytes of a character.
        return text.EndsWith('\uFFFD') ? "" : Give(text);
    }

    /// <summary>The text held back, with whatever half characters the ids end in.</summary>
    public string Flush() => Give(Decode(_window));

    private string Give(string text)
    {
        if (text.Length <= _given.Length)
        {
            return "";
        }

        var fresh = text[_given.Length..];

        // Only the tokens that gave the last text stay, as the context of the next; where they alone would be
        // nothing (a space that is trimmed at a text's start), the earlier ones stay too.
        var rest = _window[_read..];
        var again = Decode(rest);
        if (again.Length > 0)
        {
            _window.RemoveRange(0, _read);
            _given = again;
        }
        else
        {
            _given = text;
        }

        _read = _window.Count;
        return fresh;
    }

    private string Decode(List<int> ids) => _tokenizer.Decode(CollectionsMarshal.AsSpan(ids), _skipSpecialTokens);
}
