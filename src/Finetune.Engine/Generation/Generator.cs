using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;

namespace Finetune.Engine.Generation;

/// <summary>
/// Continues prompts. Sequences lie end to end, each with its own cache; one that ends leaves at once and the next
/// prompt takes its place. An encoder, where there is one, reads the prompt, and the decoder begins afresh. What a prompt is answered does not depend on its neighbours, but for rounding.
/// </summary>
/// <param name="model">Put into evaluation mode.</param>
/// <param name="tokenizer">For texts and stop texts; null for ids only.</param>
public sealed class Generator(CausalModel model, Tokenizer? tokenizer)
{
    private const int AtOnce = 32;

    private readonly HashSet<int> _ends = [.. model.Shape.EosIds, .. tokenizer?.EosId is { } eos ? new[] { eos } : []];

    /// <summary>Answers every prompt, in order.</summary>
    /// <param name="prompts">Token ids; an empty prompt begins with the model's first token.</param>
    /// <param name="options">How tokens are chosen and when it ends.</param>
    /// <exception cref="ArgumentException">A prompt without tokens, and a model without a first token.</exception>
    public IReadOnlyList<GenerationResult> Generate(IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        model.eval();
        var results = new GenerationResult[prompts.Count];
        var running = new List<Answer>();
        var budget = TokenBudget.OfInference(model.Shape);
        var ends = Ends(options);
        var step = new DecodeStep(model, options, ends);
        void Take(Answer answer, int id) => answer.Take(id, ends.Contains(id));
        var next = 0;
        try
        {
            while (next < prompts.Count || running.Count > 0)
            {
                var fresh = 0;
                while (next < prompts.Count && running.Count < AtOnce && (fresh == 0 || fresh < budget))
                {
                    var answer = Begin(next, prompts[next], options);
                    fresh += Math.Max(1, prompts[next].Length);
                    running.Add(answer);
                    next++;
                }

                step.Run(running, Take);
                for (var i = running.Count - 1; i >= 0; i--)
                {
                    if (running[i].StopReason is not null)
                    {
                        results[running[i].Index] = running[i].Result;
                        running[i].Dispose();
                        running.RemoveAt(i);
                    }
                }
            }
        }
        finally
        {
            running.ForEach(a => a.Dispose());
        }

        return results;
    }

    /// <summary>Answers one prompt, giving out text as it becomes certain; joined, it is the text of
    /// <see cref="Generate"/>.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="options">How tokens are chosen and when it ends.</param>
    /// <exception cref="InvalidOperationException">There is no tokenizer.</exception>
    public IEnumerable<string> Stream(int[] prompt, GenerationOptions options)
    {
        if (tokenizer is null)
        {
            throw new InvalidOperationException("text needs a tokenizer");
        }

        model.eval();
        using var answer = Begin(0, prompt, options);
        var ends = Ends(options);
        var step = new DecodeStep(model, options, ends);
        var fresh = "";
        void Take(Answer one, int id) => fresh = one.Take(id, ends.Contains(id));
        while (answer.StopReason is null)
        {
            step.Run([answer], Take);
            if (fresh.Length > 0)
            {
                yield return fresh;
            }
        }
    }

    private Answer Begin(int index, int[] prompt, GenerationOptions options)
    {
        if (prompt.Length == 0)
        {
            prompt = model.Shape.BosId is { } first
                ? [first]
                : throw new ArgumentException($"prompt {index + 1} has no tokens, and the model no first token");
        }

        var answer = model.Shape.DecoderStart is { } start
            ? new Answer(index, [start], options, model.Shape.Layers, tokenizer) { Source = prompt }
            : new Answer(index, prompt, options, model.Shape.Layers, tokenizer);
        answer.EndIfFull();
        return answer;
    }

    private HashSet<int> Ends(GenerationOptions options) => [.. _ends, .. options.Ends];
}
