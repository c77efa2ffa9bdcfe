using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Export.Parity;

/// <summary>What a model said.</summary>
/// <param name="Answers">Greedy ids, prompt by prompt.</param>
/// <param name="Scores">Log-probabilities of the tokens that were to be scored, prompt by prompt.</param>
internal sealed record Said(IReadOnlyList<int[]> Answers, IReadOnlyList<double[]> Scores);

/// <summary>The first test prompts that fit, put to the trained and then to the exported model.</summary>
internal sealed class ParityProbe
{
    private const int MostPrompts = 20;
    private const int MostTokens = 32;

    // Log-probabilities this near are one choice to a model: orders of addition may turn it.
    private const double Rounding = 1e-3;
    private readonly Tokenizer _tokenizer;
    private readonly int _tokens;
    private readonly List<(Example Example, int[] Ids)> _prompts = [];
    private readonly SortedSet<int> _ends = [];

    /// <summary>Chooses the prompts.</summary>
    /// <param name="settings">How they become tokens.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="eosId">What ends a text.</param>
    /// <param name="longest">The longest sequence of the model.</param>
    /// <param name="tests">Rendered test rows.</param>
    public ParityProbe(ExportSettings settings, Tokenizer tokenizer, int eosId, int longest, IEnumerable<Example> tests)
    {
        _tokenizer = tokenizer;
        _tokens = Math.Min(MostTokens, settings.MaxNewTokens);
        foreach (var example in tests)
        {
            var ids =
                ModelInputs.BoundaryOf(settings.Boundary) == Boundary.Source
                    ? ExampleEncoder.Source(tokenizer, example.Prompt, eosId)
                    : ExampleEncoder.Prompt(tokenizer, example.Prompt, example.Chat is null);
            ids = ids.Length == 0 ? [tokenizer.BosId ?? eosId] : ids;
            if (ids.Length + _tokens <= longest)
            {
                _prompts.Add((example, ids));
                _ends.Add(ModelInputs.EndOf(example.Chat, tokenizer, eosId));
            }

            if (_prompts.Count == MostPrompts)
            {
                break;
            }
        }
    }

    /// <summary>What the prompts' answers end with.</summary>
    public IReadOnlyCollection<int> Ends => _ends;

    /// <summary>Asks a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scored">Answers to score; null for its own.</param>
    public Said Ask(CausalModel model, IReadOnlyList<int[]>? scored = null)
    {
        var answers = new Generator(model, _tokenizer)
            .Generate([.. _prompts.Select(p => p.Ids)], GenerationOptions.Greedy(_tokens) with { Ends = [.. _ends] })
            .Select(answer => answer.Ids)
            .ToList();
        var rows = (scored ?? answers).Select((answer, i) => Row(model, _prompts[i].Ids, answer)).ToList();
        return new Said(answers, [.. new Scorer(model).Score(rows).Select(score => score.TokenLogProbs)]);
    }

    /// <summary>Compares an exported model with what the trained one said.</summary>
    /// <param name="model">As read back.</param>
    /// <param name="trained">What the trained one said.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="lossless">Whether no number was rounded.</param>
    public ParityRecord Compare(CausalModel model, Said trained, ExportSettings settings, bool lossless)
    {
        var exported = Ask(model, trained.Answers);
        var differences = new List<ParityDifference>();
        var equalTokens = 0;
        for (var i = 0; i < _prompts.Count; i++)
        {
            var (was, now) = (trained.Answers[i], exported.Answers[i]);
            var shared = was.AsSpan().CommonPrefixLength(now);
            equalTokens += shared;
            if (shared < Math.Max(was.Length, now.Length))
            {
                differences.Add(Difference(model, i, was, now, shared));
            }
        }

        var gaps = trained
            .Scores.Zip(exported.Scores, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)))
            .SelectMany(g => g);
        return new ParityRecord(
            ParityFile.Version,
            settings.Format,
            settings.Type ?? settings.Dtype,
            lossless,
            !lossless || differences.TrueForAll(d => d.Tie),
            _prompts.Count,
            _prompts.Count - differences.Count,
            trained.Answers.Sum(answer => answer.Length),
            equalTokens,
            gaps.DefaultIfEmpty(0).Average(),
            differences
        );
    }

    private ParityDifference Difference(CausalModel model, int prompt, int[] was, int[] now, int at)
    {
        // Where one answer ends, the other goes on: what ended it is no longer known, and the ends are looked at.
        var ended = at == was.Length || at == now.Length;
        var scorer = new Scorer(model);
        double Last(int token) =>
            scorer.Score([Row(model, _prompts[prompt].Ids, [.. was[..at], token])])[0].TokenLogProbs[^1];
        var margin = ended ? double.MaxValue : Math.Abs(Last(was[at]) - Last(now[at]));
        var example = _prompts[prompt].Example;
        return new ParityDifference(
            example.Row,
            example.Template,
            at,
            _tokenizer.Decode(was),
            _tokenizer.Decode(now),
            margin,
            margin < Rounding
        );
    }

    private static TrainingExample Row(CausalModel model, int[] prompt, int[] answer)
    {
        if (model.Shape.DecoderStart is { } first)
        {
            return TrainingExample.OfPair(prompt, first, answer);
        }

        int[] ids = [.. prompt, .. answer];
        return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompt.Length)]);
    }
}
