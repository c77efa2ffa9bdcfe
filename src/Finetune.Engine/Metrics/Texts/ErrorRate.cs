namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Word and character error rate (Morris and others 2004): edits over the length of the reference, pooled over all texts.
/// Words are what white space parts, characters are code points; nothing is normalised.
/// </summary>
public sealed class ErrorRate
{
    /// <summary>Edits of words so far.</summary>
    public long WordEdits { get; private set; }

    /// <summary>Words of the references so far.</summary>
    public long Words { get; private set; }

    /// <summary>Edits of characters so far.</summary>
    public long CharacterEdits { get; private set; }

    /// <summary>Characters of the references so far.</summary>
    public long Characters { get; private set; }

    /// <summary>Word error rate; without words in the references their number is 1.</summary>
    public double OfWords => (double)WordEdits / Math.Max(1, Words);

    /// <summary>Character error rate, likewise.</summary>
    public double OfCharacters => (double)CharacterEdits / Math.Max(1, Characters);

    /// <summary>Adds a text and its reference.</summary>
    public void Add(string hypothesis, string reference)
    {
        var words = PythonText.Split(reference);
        var points = PythonText.Points(reference);
        WordEdits += Levenshtein.Between(PythonText.Split(hypothesis), words);
        Words += words.Count;
        CharacterEdits += Levenshtein.Between(PythonText.Points(hypothesis), points);
        Characters += points.Length;
    }
}
