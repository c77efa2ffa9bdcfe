using Finetune.Engine.Quantization;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// AdamW whose moments are kept as codes of 8 bits (Dettmers et al. 2022): blocks of 256 values in row-major order, each
/// with its largest absolute value; a code names the nearest value of the dynamic code book, signed for m, without sign
/// for v. The step uses the moments as they are before they are made codes again.
/// </summary>
internal sealed class AdamW8BitUpdate : IWeightUpdate
{
    /// <summary>Values in a block.</summary>
    public const int Block = 256;

    // Values that exist as float32 moments at once: 4 MiB each.
    private const long Stretch = 1 << 20;

    private readonly Tensor _weight;
    private readonly AdamWOptions _options;
    private readonly double _weightDecay;
    private readonly CodedTensor _first;
    private readonly CodedTensor _second;

    /// <summary>With moments of zero.</summary>
    public AdamW8BitUpdate(Tensor weight, AdamWOptions options, double weightDecay)
    {
        (_weight, _options, _weightDecay) = (weight, options, weightDecay);
        _first = new CodedTensor(weight.numel(), DynamicCodes.Book, Block, weight.device);
        _second = new CodedTensor(weight.numel(), DynamicCodes.UnsignedBook, Block, weight.device);
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State =>
        [
            ("first_moment_codes", _first.Codes),
            ("first_moment_scales", _first.Scales),
            ("second_moment_codes", _second.Codes),
            ("second_moment_scales", _second.Scales),
        ];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step)
    {
        using var scope = NewDisposeScope();
        var weight = _weight.detach().view(-1);
        var all = gradient.reshape(-1);
        for (var at = 0L; at < weight.numel(); at += Stretch)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(Stretch, weight.numel() - at);
            var (first, second) = (_first.Read(at, count), _second.Read(at, count));
            AdamWUpdate.Call(
                [weight.narrow(0, at, count)],
                [all.narrow(0, at, count)],
                [first],
                [second],
                _options,
                _weightDecay,
                rate,
                step
            );
            _first.Write(at, first);
            _second.Write(at, second);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
