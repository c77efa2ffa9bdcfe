using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;

namespace Finetune.Stages.Report.Explorer;

/// <summary>What a page needs to show any test row: names and texts that repeat stand once, rows point at them.</summary>
/// <param name="Contenders">As titles, document order.</param>
/// <param name="Styles">CSS classes of their colours.</param>
/// <param name="Templates">Wordings.</param>
/// <param name="Choices">Choices that probabilities are given for.</param>
/// <param name="Inserts">What prompts as sent have beyond the plain prompt: few-shot examples.</param>
/// <param name="Slices">How rows are grouped; null where they are not.</param>
/// <param name="Rows">In test order.</param>
internal sealed record ExplorerData(
    IReadOnlyList<string> Contenders,
    IReadOnlyList<string> Styles,
    IReadOnlyList<string> Templates,
    IReadOnlyList<string> Choices,
    IReadOnlyList<string> Inserts,
    IReadOnlyList<ExplorerSlice>? Slices,
    IReadOnlyList<ExplorerRow> Rows
);

/// <summary>One way to group rows.</summary>
/// <param name="Name">Such as <c>By channel</c>.</param>
/// <param name="Groups">Names of groups.</param>
internal sealed record ExplorerSlice(string Name, IReadOnlyList<string> Groups);

/// <summary>A test row in one wording.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">Place among the wordings.</param>
/// <param name="Prompt">The plain prompt.</param>
/// <param name="Reference">The right answer.</param>
/// <param name="Also">Further right answers; null where there are none.</param>
/// <param name="Tokens">What the right completion is made of, end of sequence included.</param>
/// <param name="Parts">Its group in each slice; null where rows are not grouped.</param>
/// <param name="Answers">One a contender.</param>
internal sealed record ExplorerRow(
    long Row,
    int Template,
    string Prompt,
    string Reference,
    IReadOnlyList<string>? Also,
    IReadOnlyList<string>? Tokens,
    IReadOnlyList<int>? Parts,
    IReadOnlyList<ExplorerAnswer> Answers
);

/// <summary>One contender's answer.</summary>
/// <param name="Text">The answer; null where the prompt did not fit.</param>
/// <param name="Right">Whether it counts as right.</param>
/// <param name="Sent">Tokens of the prompt as sent.</param>
/// <param name="Insert">Characters of the plain prompt before what is inserted, characters of it after that, and the
/// place among the inserts; null where the plain prompt was sent.</param>
/// <param name="Likeliest">Pairs of a place among the choices and its probability, the likeliest first.</param>
/// <param name="Losses">Negative log-likelihood of each of the row's tokens, in nats.</param>
/// <param name="Stop">Why generation ended.</param>
internal sealed record ExplorerAnswer(
    string? Text,
    bool Right,
    int Sent,
    IReadOnlyList<int>? Insert,
    IReadOnlyList<double>? Likeliest,
    IReadOnlyList<double>? Losses,
    string? Stop
);

/// <summary>Brings rows into the form that a page shows.</summary>
/// <param name="reader">Reads generated text; null where all of it is the answer.</param>
/// <param name="slices">How rows are grouped; null where they are not.</param>
internal sealed class ExplorerRows(AnswerReader? reader, IReadOnlyList<SliceVerdict>? slices = null)
{
    // Beyond that a text is cut in the middle: the page is for reading, predictions.jsonl has all of it.
    private const int LongestText = 8000;
    private const int MostChoices = 5;

    private readonly List<Dictionary<long, int>>? _parts = slices
        ?.Select(slice =>
            slice
                .Groups.SelectMany((group, place) => group.Numbers.Select(row => (row, place)))
                .ToDictionary(r => r.row, r => r.place)
        )
        .ToList();

    private readonly Pool _templates = new();
    private readonly Pool _choices = new();
    private readonly Pool _inserts = new();

    /// <summary>The texts that the rows so far point at.</summary>
    public (IReadOnlyList<string> Templates, IReadOnlyList<string> Choices, IReadOnlyList<string> Inserts) Texts =>
        (_templates.Texts, _choices.Texts, _inserts.Texts);

    /// <summary>A row.</summary>
    /// <param name="answers">All contenders' answers to it.</param>
    public ExplorerRow Of(IReadOnlyList<Answer> answers)
    {
        // The shortest prompt is the one without examples.
        var plain = answers.MinBy(a => a.Prompt.Length)!;
        var prompt = LongText.Cut(plain.Prompt, LongestText);
        var scored = answers.FirstOrDefault(a => a.ReferenceTokens is not null)?.ReferenceTokens;
        List<string>? tokens = scored is null ? null : [.. scored.Select(t => t.Text)];
        return new ExplorerRow(
            plain.Row,
            _templates.Place(plain.Template),
            prompt,
            LongText.Cut(plain.Reference, LongestText),
            plain.Accept,
            tokens,
            _parts is null ? null : [.. _parts.Select(part => part.GetValueOrDefault(plain.Row, -1))],
            [.. answers.Select(a => One(a, prompt, tokens))]
        );
    }

    private ExplorerAnswer One(Answer answer, string plain, List<string>? tokens)
    {
        var losses = answer.ReferenceTokens is { } scored && tokens is not null && Same(scored, tokens) ? scored : null;
        return new ExplorerAnswer(
            answer.Prediction is null ? null : LongText.Cut(answer.Prediction, LongestText),
            AnswerReader.IsRight(reader, answer),
            answer.PromptTokens,
            Inserted(LongText.Cut(answer.Prompt, LongestText), plain),
            Likeliest(answer),
            losses is null ? null : [.. losses.Select(t => Math.Round(-t.LogProb, 3) + 0.0)],
            answer.Stop
        );
    }

    // Contenders may be of different tokenizers.
    private static bool Same(IReadOnlyList<TokenLogProb> scored, List<string> tokens) =>
        scored.Count == tokens.Count && scored.Zip(tokens).All(pair => pair.First.Text == pair.Second);

    private int[]? Inserted(string sent, string plain)
    {
        if (sent == plain)
        {
            return null;
        }

        // From the end first: examples mostly stand in front.
        var most = Math.Min(sent.Length, plain.Length);
        var after = 0;
        while (after < most && sent[^(after + 1)] == plain[^(after + 1)])
        {
            after++;
        }

        after -= after > 0 && char.IsLowSurrogate(sent[^after]) ? 1 : 0;
        var before = sent.AsSpan(0, most - after).CommonPrefixLength(plain);
        before -= before > 0 && char.IsHighSurrogate(sent[before - 1]) ? 1 : 0;
        return [before, after, _inserts.Place(sent[before..^after])];
    }

    private List<double>? Likeliest(Answer answer)
    {
        var all = ChoiceProbabilities.Of(answer);
        if (all.Count == 0)
        {
            return null;
        }

        var ranked = all.OrderByDescending(choice => choice.Probability).ToList();
        var shown = ranked.Where(
            (choice, rank) =>
                rank < MostChoices || choice.Choice == answer.Reference.Trim() || choice.Choice == answer.Prediction
        );
        return [.. shown.SelectMany(c => new[] { _choices.Place(c.Choice), Math.Round(c.Probability, 4) })];
    }

    private sealed class Pool
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly List<string> _texts = [];

        public IReadOnlyList<string> Texts => _texts;

        public int Place(string text)
        {
            if (!_places.TryGetValue(text, out var place))
            {
                _places[text] = place = _texts.Count;
                _texts.Add(text);
            }

            return place;
        }
    }
}
