using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// The float32 gradients of parameters, added up over the passes of a step: where the parameters are float32 their own,
/// else sums beside them, so that no part is rounded away.
/// </summary>
/// <param name="parameters">What passes leave gradients in.</param>
/// <param name="separate">Whether the sums are beside them.</param>
internal sealed class GradientSums(IReadOnlyList<Tensor> parameters, bool separate)
{
    private readonly Tensor?[] _sums = new Tensor?[parameters.Count];

    /// <summary>Moves what a pass left in the parameters into the sums; nothing to do where they are the same.</summary>
    public void Collect()
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            Collect(i);
        }
    }

    /// <summary>The same for one parameter.</summary>
    public void Collect(int index)
    {
        if (!separate)
        {
            return;
        }

        using var noGrad = no_grad();
        using var part = parameters[index].grad;
        if (part is null)
        {
            return;
        }

        if (_sums[index] is { } sum)
        {
            sum.add_(part, Scalars.One);
        }
        else
        {
            _sums[index] = part.to(ScalarType.Float32, copy: true).DetachFromDisposeScope();
        }

        parameters[index].grad = null;
    }

    /// <summary>What has been collected, null where a parameter had no part; the caller's dispose scope owns it.</summary>
    public Tensor? Of(int index) => separate ? _sums[index]?.alias() : parameters[index].grad;

    /// <summary>Adds what other parameters of the same shapes have collected, which forget it.</summary>
    public void TakeFrom(GradientSums other)
    {
        using var noGrad = no_grad();
        for (var i = 0; i < parameters.Count; i++)
        {
            using var scope = NewDisposeScope();
            if (other.Of(i) is not { } theirs)
            {
                continue;
            }

            if (Of(i) is { } sum)
            {
                sum.add_(theirs, Scalars.One);
            }
            else
            {
                Put(i, theirs);
            }
        }

        other.Forget();
    }

    /// <summary>Forgets all.</summary>
    public void Forget()
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            Forget(i);
        }
    }

    /// <summary>Forgets one.</summary>
    public void Forget(int index)
    {
        parameters[index].grad = null;
        _sums[index]?.Dispose();
        _sums[index] = null;
    }

    private void Put(int index, Tensor sum)
    {
        if (separate)
        {
            _sums[index] = sum.DetachFromDisposeScope();
        }
        else
        {
            parameters[index].grad = sum;
        }
    }
}
