using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using static TorchSharp.torch;

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

                Advance([.. running.Where(a => a.StopReason is null)], options);
                foreach (var ended in running.Where(a => a.StopReason is not null))
                {
                    results[ended.Index] = ended.Result;
                    ended.Dispose();
                }

                running.RemoveAll(a => a.StopReason is not null);
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
        while (answer.StopReason is null)
        {
            var fresh = Advance([answer], options)[0];
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

    private string[] Advance(IReadOnlyList<Answer> answers, GenerationOptions options)
    {
        if (answers.Count == 0)
        {
            return [];
        }

        CollectionPause.Breathe();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var device = model.HeadWeight.device;
        Encode([.. answers.Where(a => a.Source is not null)], device);
        using var batch = Batch.Of([.. answers.Select(a => a.Waiting)], device, [.. answers.Select(a => a.Start)]);
        var ends = new long[answers.Count];
        var at = -1L;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = at += answers[i].Waiting.Length;
        }

        var hidden = model
            .Hidden(batch, [.. answers.Select(a => a.Cache)])
            .index_select(0, tensor(ends, device: device));
        var chosen = Choose(model.Logits(hidden), answers, options);
        return
        [
            .. answers.Select(
                (answer, i) => answer.Take(chosen[i], _ends.Contains(chosen[i]) || options.Ends.Contains(chosen[i]))
            ),
        ];
    }

    private void Encode(Answer[] unread, Device device)
    {
        if (unread.Length == 0)
        {
            return;
        }

        using var sources = Batch.Of([.. unread.Select(a => (ReadOnlyMemory<int>)a.Source!)], device);
        model.Encode(sources, [.. unread.Select(a => a.Cache)]);
        Array.ForEach(unread, a => a.Source = null);
    }

    private static int[] Choose(Tensor logits, IReadOnlyList<Answer> answers, GenerationOptions options)
    {
        if (options.Temperature == 0)
        {
            return [.. logits.argmax(1).cpu().data<long>().Select(id => (int)id)];
        }

        var scores = logits.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var width = scores.Length / answers.Count;
        return
        [
            .. answers.Select(
                (answer, i) =>
                    TokenDistribution.Pick(
                        TokenDistribution.Of(
                            scores.AsSpan(i * width, width),
                            options.Temperature,
                            options.TopK,
                            options.TopP
                        ),
                        CounterRandom.Uniform(options.Seed, (ulong)answer.Index, (ulong)answer.Length)
                    )
            ),
        ];
    }
}
