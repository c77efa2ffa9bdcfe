using Finetune.Engine.Generation;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Answering;

/// <summary>How answers are made.</summary>
/// <param name="Boundary">How prompt and completion become tokens.</param>
/// <param name="EosId">The id that ends a completion.</param>
/// <param name="MaxLength">The longest prompt + completion; longer ones are not answered.</param>
/// <param name="Generation">For templates without choices.</param>
public sealed record AnsweringOptions(Boundary Boundary, int EosId, int MaxLength, GenerationOptions Generation)
{
    /// <summary>Says whether generated text is right; null: where it is the reference.</summary>
    public AnswerReader? Reader { get; init; }

    /// <summary>Which choice is the answer.</summary>
    public ChoiceScore ChoiceScore { get; init; }
}

/// <summary>
/// Answers examples with a model: by the best choice where the template has choices, else by generated text. The one
/// decoder that validation while training, every contender and <c>predict</c> share (law 10).
/// </summary>
/// <param name="model">In evaluation mode.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="options">See <see cref="AnsweringOptions"/>.</param>
public sealed class Responder(CausalModel model, Tokenizer tokenizer, AnsweringOptions options)
{
    private readonly Scorer _scorer = new(model);
    private readonly Generator _generator = new(model, tokenizer);
    private (IReadOnlyList<int[]> Completions, double[] LogProbs) _unasked = ([], []);

    /// <summary>The answers, in order.</summary>
    /// <param name="questions">What is asked, a chunk of moderate size: all of it is encoded at once.</param>
    /// <param name="scoreReference">Whether the reference completion is scored too (perplexity, token accuracy).</param>
    /// <exception cref="PrefixLawException">A prompt's tokens are no prefix of prompt + completion.</exception>
    public IReadOnlyList<Answer> Respond(IReadOnlyList<Question> questions, bool scoreReference)
    {
        var encoded = questions.Select(Encode).ToArray();
        var chosen = Choose(questions, encoded);
        var written = Write(questions, encoded);
        var scored = scoreReference ? ScoreReferences(encoded) : [];
        return [.. questions.Select((question, i) => ToAnswer(question, encoded[i], i, chosen, written, scored))];
    }

    private Answer ToAnswer(
        Question question,
        Encoded encoded,
        int index,
        Dictionary<int, Chosen> chosen,
        Dictionary<int, GenerationResult> written,
        Dictionary<int, SequenceScore> scored
    )
    {
        var choice = chosen.GetValueOrDefault(index);
        var logProbs = choice?.LogProbs;
        var text = written.GetValueOrDefault(index);
        var prediction = choice is not null ? question.Choices![choice.Best] : Bare(question, text?.Text);
        var score = scored.GetValueOrDefault(index);
        return new Answer(
            question.Example.Row,
            question.Example.Template,
            question.Prompt,
            question.Example.Reference,
            prediction,
            References(question.Example)
                .Any(reference =>
                    logProbs is null && options.Reader is { } reader
                        ? reader.IsRight(prediction, reference)
                        : ExactMatch.Is(prediction, reference)
                ),
            encoded.Prompt.Length,
            score?.LogProb,
            score?.Tokens ?? 0,
            score?.TokensRight ?? 0,
            text?.StopReason,
            logProbs is null ? null : ByChoice(question.Choices!, logProbs),
            score is null ? null : ScoredText.Of(tokenizer, encoded.Prompt, encoded.Reference, score.TokenLogProbs),
            question.Example.Accept
        );
    }

    private static IEnumerable<string> References(Example example) => [example.Reference, .. example.Accept ?? []];

    private static OrderedDictionary<string, double> ByChoice(IReadOnlyList<string> choices, double[] logProbs)
    {
        var byChoice = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < choices.Count; i++)
        {
            byChoice.TryAdd(choices[i], logProbs[i]);
        }

        return byChoice;
    }

    /// <summary>The highest; ties go to the first.</summary>
    private static int Best(double[] logProbs)
    {
        var best = 0;
        for (var i = 1; i < logProbs.Length; i++)
        {
            best = logProbs[i] > logProbs[best] ? i : best;
        }

        return best;
    }

    private Dictionary<int, Chosen> Choose(IReadOnlyList<Question> questions, Encoded[] encoded)
    {
        var asked = Indices(encoded, i => questions[i].Choices is not null);
        var scores = _scorer.ScoreChoices([.. asked.Select(i => (encoded[i].Prompt, encoded[i].Completions))]);
        return asked
            .Zip(scores)
            .ToDictionary(
                one => one.First,
                one => new Chosen(one.Second, Best(Adjusted(questions[one.First], encoded[one.First], one.Second)))
            );
    }

    private double[] Adjusted(Question question, Encoded encoded, double[] logProbs) =>
        options.ChoiceScore switch
        {
            ChoiceScore.PerToken => [.. logProbs.Select((sum, c) => sum / encoded.Completions[c].Length)],
            ChoiceScore.PerCharacter =>
            [
                .. logProbs.Select((sum, c) => sum / Math.Max(1, question.Choices![c].EnumerateRunes().Count())),
            ],
            ChoiceScore.Calibrated =>
            [
                .. logProbs.Zip(Unasked(question, encoded.Completions), (sum, without) => sum - without),
            ],
            _ => logProbs,
        };

    // Choices are mostly the same from question to question: they are scored without one when they change.
    private double[] Unasked(Question question, IReadOnlyList<int[]> completions)
    {
        if (
            _unasked.Completions.Count != completions.Count
            || _unasked.Completions.Zip(completions).Any(pair => !pair.First.SequenceEqual(pair.Second))
        )
        {
            int[] nothing =
                options.Boundary == Boundary.Source ? ExampleEncoder.Source(tokenizer, "", EndOf(question)) : [Start()];
            _unasked = (completions, _scorer.ScoreChoices([(nothing, completions)])[0]);
        }

        return _unasked.LogProbs;
    }

    private static string? Bare(Question question, string? text) =>
        text is null ? null : question.Example.Chat?.Answer(text) ?? text.Trim();

    private Dictionary<int, GenerationResult> Write(IReadOnlyList<Question> questions, Encoded[] encoded)
    {
        var written = new Dictionary<int, GenerationResult>();

        // Where an answer ends is the template's.
        foreach (var group in Indices(encoded, i => questions[i].Choices is null).GroupBy(i => EndOf(questions[i])))
        {
            var asked = group.ToArray();
            var generation = options.Generation with { Ends = [group.Key] };
            var texts = _generator.Generate([.. asked.Select(i => encoded[i].Prompt)], generation);
            for (var n = 0; n < asked.Length; n++)
            {
                written.Add(asked[n], texts[n]);
            }
        }

        return written;
    }

    private int EndOf(Question question) => ModelInputs.EndOf(question.Example.Chat, tokenizer, options.EosId);

    private Dictionary<int, SequenceScore> ScoreReferences(Encoded[] encoded)
    {
        var asked = Indices(encoded, _ => true);
        var scores = _scorer.Score([.. asked.Select(i => encoded[i].Scored)]);
        return asked.Select((index, n) => (index, scores[n])).ToDictionary(p => p.index, p => p.Item2);
    }

    private static int[] Indices(Encoded[] encoded, Func<int, bool> wanted) =>
        [.. Enumerable.Range(0, encoded.Length).Where(i => encoded[i].Fits && wanted(i))];

    private Encoded Encode(Question question)
    {
        var start = Start();
        var end = EndOf(question);
        var plain = question.Example.Chat is null;
        var prompt =
            options.Boundary == Boundary.Source
                ? ExampleEncoder.Source(tokenizer, question.Prompt, end)
                : ExampleEncoder.Prompt(tokenizer, question.Prompt, plain);
        int[] Completion(string text) =>
            ExampleEncoder.Encode(tokenizer, question.Prompt, text, options.Boundary, end, plain) is var whole
                ? whole.InputIds[whole.PromptLength..]
                : [];
        var reference = Completion(question.Example.Completion);
        var completions = question.ChoiceCompletions?.Select(Completion).ToArray() ?? [];

        // A prompt without a token gives nothing to go on from: begin as a document begins.
        int[] asked = prompt.Length == 0 ? [start] : prompt;
        var longest = question.ChoiceCompletions is null
            ? Math.Min(options.Generation.MaxTokens, 1)
            : completions.Max(c => c.Length);
        var fits = asked.Length + Math.Max(reference.Length, longest) <= options.MaxLength;
        return new Encoded(asked, completions, reference, Example(asked, reference), fits);
    }

    private TrainingExample Example(int[] asked, int[] reference)
    {
        if (model.Shape.DecoderStart is { } first)
        {
            return TrainingExample.OfPair(asked, first, reference);
        }

        int[] ids = [.. asked, .. reference];
        return new TrainingExample(ids, [.. ids.Select((_, i) => i >= asked.Length)]);
    }

    private int Start() => tokenizer.BosId ?? options.EosId;

    private sealed record Chosen(double[] LogProbs, int Best);

    private sealed record Encoded(
        int[] Prompt,
        IReadOnlyList<int[]> Completions,
        int[] Reference,
        TrainingExample Scored,
        bool Fits
    );
}
