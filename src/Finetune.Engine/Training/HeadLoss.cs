using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Models.Parts.Fused;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// Cross-entropy through the output head, with its gradient made in the same pass, some rows at a time: the logits of
/// all labels (tokens x vocabulary) never exist at once. Any head works, as each stretch goes through the model's own.
/// </summary>
public static class HeadLoss
{
    // Values of a stretch of logits: 8 MiB in float32.
    private const int StretchValues = 1 << 21;

    // Fewer rows make products slow, and gradients of the head are added up once a stretch.
    private const int FewestRows = 256;

    /// <summary>Rows of logits that exist at once.</summary>
    /// <param name="vocabulary">Values in a row.</param>
    public static int RowsAtOnce(int vocabulary) =>
        Math.Clamp(StretchValues / Math.Max(1, vocabulary), FewestRows, 4096);

    /// <summary>
    /// Adds the gradient of <c>scale * sum of -log p(target)</c> to the head's weights and to everything the hidden
    /// states were made from.
    /// </summary>
    /// <param name="model">Whose head it is.</param>
    /// <param name="hidden"><c>[labels, hidden]</c>, part of a graph.</param>
    /// <param name="targets"><c>[labels]</c> int64.</param>
    /// <param name="scale">E.g. one over the label tokens of the whole step.</param>
    /// <param name="afterStretch">Called when the head's weights have got a stretch's gradient.</param>
    /// <param name="options">What a label costs besides; null: nothing.</param>
    /// <param name="weights">For every label, times its part in the gradient, not in the sum; null: one.</param>
    /// <param name="seen">Told the logits and targets of every stretch before they are used up.</param>
    /// <returns>Sum of -log p(target), or of what the options make of it; not scaled.</returns>
    public static double Backward(
        CausalModel model,
        Tensor hidden,
        Tensor targets,
        double scale,
        Action? afterStretch = null,
        LossOptions? options = null,
        double[]? weights = null,
        Action<Tensor, Tensor>? seen = null
    )
    {
        using var scope = NewDisposeScope();
        var rows = (int)targets.shape[0];
        var stretch = RowsAtOnce(model.Shape.VocabularySize);
        var sum = 0.0;
        var gradients = new List<Tensor>();
        for (var at = 0; at < rows; at += stretch)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(stretch, rows - at);
            using var noGrad = no_grad();
            var filled = Filler.Filled(count, hidden);
            var leaf = Filler.Fill(hidden.detach().narrow(0, at, count), filled).requires_grad_();
            Tensor logits;
            using (enable_grad())
            {
                logits = model.Logits(leaf);
            }

            var labelled = logits.detach().narrow(0, 0, count);
            seen?.Invoke(labelled, targets.narrow(0, at, count));
            var factors = weights is null ? null : Array.ConvertAll(weights[at..(at + count)], w => w * scale);
            var (part, gradient) = Loss(labelled, targets.narrow(0, at, count), scale, options, factors);
            sum += part;
            logits.backward([
                ReferenceEquals(gradient, labelled) ? Emptied(logits.detach(), count) : Filler.Fill(gradient, filled),
            ]);
            if (leaf.grad is { } leafGradient)
            {
                gradients.Add(leafGradient.narrow(0, 0, count).MoveToOuterDisposeScope());
            }

            afterStretch?.Invoke();
        }

        // What is not finite has no gradient that anybody wants.
        if (hidden.requires_grad && double.IsFinite(sum))
        {
            hidden.backward([gradients.Count == 1 ? gradients[0] : cat(gradients)]);
        }

        return sum;
    }

    // Where the gradient has been written over the logits, rows that fill up have none.
    private static Tensor Emptied(Tensor logits, long count)
    {
        if (logits.shape[0] > count)
        {
            logits.narrow(0, count, logits.shape[0] - count).zero_();
        }

        return logits;
    }

    // The sum, and scale times its gradient: d(-log p)/d logits = softmax - one at the target.
    // Where every label has its own factor, that is used instead of the scale.
    private static (double Sum, Tensor Gradient) Loss(
        Tensor logits,
        Tensor targets,
        double scale,
        LossOptions? options,
        double[]? factors
    )
    {
        if ((options is null || options.IsPlain) && Operation.Takes(logits) && logits.is_contiguous())
        {
            return (FusedCrossEntropy.Overwrite(logits, targets, scale, factors), logits);
        }

        var picked = targets.unsqueeze(1);
        var wide = logits.to(ScalarType.Float32);
        var (sum, gradient) = options is { IsPlain: false } ? LossTerms.Of(wide, picked, options) : Plain(wide, picked);
        gradient = factors is null
            ? gradient.mul_(scale)
            : gradient.mul_(tensor(factors, dtype: ScalarType.Float32, device: gradient.device).unsqueeze(1));
        return (sum, gradient.to(logits.dtype));
    }

    private static (double Sum, Tensor Gradient) Plain(Tensor logits, Tensor picked)
    {
        var logProbs = nn.functional.log_softmax(logits, 1);
        var sum = -logProbs.gather(1, picked).cpu().sum(ScalarType.Float64).item<double>();
        var gradient = logProbs.exp_();
        gradient.scatter_add_(1, picked, full_like(picked, -1, dtype: ScalarType.Float32));
        return (sum, gradient);
    }

    /// <summary>Log-probabilities of the targets, and whether each is the likeliest token. No gradient.</summary>
    /// <param name="model">Whose head it is.</param>
    /// <param name="hidden"><c>[labels, hidden]</c>.</param>
    /// <param name="targets"><c>[labels]</c> int64.</param>
    public static (double[] LogProbs, bool[] Right) Score(CausalModel model, Tensor hidden, Tensor targets)
    {
        using var noGrad = no_grad();
        var rows = (int)targets.shape[0];
        var logProbs = new double[rows];
        var right = new bool[rows];
        var stretch = RowsAtOnce(model.Shape.VocabularySize);
        for (var at = 0; at < rows; at += stretch)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(stretch, rows - at);
            var states = Filler.Fill(hidden.narrow(0, at, count), Filler.Filled(count, hidden));
            var logits = model.Logits(states).narrow(0, 0, count).to(ScalarType.Float32);
            var picked = targets.narrow(0, at, count);
            var scores = nn.functional.log_softmax(logits, 1).gather(1, picked.unsqueeze(1)).squeeze(1);
            scores.cpu().to(ScalarType.Float64).data<double>().CopyTo(logProbs.AsSpan(at, count));
            logits.argmax(1).eq(picked).cpu().data<bool>().CopyTo(right.AsSpan(at, count));
        }

        return (logProbs, right);
    }
}
