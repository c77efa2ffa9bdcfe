using Finetune.Engine.Models;

namespace Finetune.Engine.Training;

/// <summary>
/// Tokens of one pass, from the model's shape alone: the same on every machine, so that a key can name it. About
/// 96 MiB of activations; smaller passes cost nothing, as examples are never padded.
/// </summary>
public static class TokenBudget
{
    private const long Bytes = 96L << 20;

    // Kept for the backward pass of one layer, per hidden value: inputs and outputs of norms, queries, keys and values,
    // attention, a gated MLP of about 2.7 times the width; float32.
    private const int BytesPerHiddenValue = 60;

    /// <summary>Tokens of a pass that keeps its activations: twice as many in bfloat16, in the same memory, since each pass
    /// reads all weights and writes all gradients while its products take a fraction of the time.</summary>
    /// <param name="shape">The model's.</param>
    /// <param name="precision">What it computes in.</param>
    public static int OfTraining(ModelShape shape, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return OfTraining(shape) * (precision == Precision.BFloat16 ? 2 : 1);
    }

    /// <summary>Tokens of a pass that keeps nothing.</summary>
    public static int OfInference(ModelShape shape) => 2 * OfTraining(shape);

    private static int OfTraining(ModelShape shape) =>
        (int)Math.Clamp(Bytes / ((long)shape.Layers * shape.HiddenSize * BytesPerHiddenValue), 512, 8192);

    /// <summary>Cuts a list into runs of neighbours whose sum stays within a budget, one item at least.</summary>
    /// <param name="items">What to cut.</param>
    /// <param name="tokens">Tokens of an item.</param>
    /// <param name="budget">Tokens of a run.</param>
    public static IEnumerable<IReadOnlyList<T>> Cut<T>(IReadOnlyList<T> items, Func<T, int> tokens, int budget)
    {
        var run = new List<T>();
        var held = 0;
        foreach (var item in items)
        {
            var more = tokens(item);
            if (run.Count > 0 && held + more > budget)
            {
                yield return run;
                run = [];
                held = 0;
            }

            run.Add(item);
            held += more;
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }
}
