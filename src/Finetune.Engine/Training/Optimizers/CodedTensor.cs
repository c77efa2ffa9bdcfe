using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>Values as codes of 8 bits and a scale a block.</summary>
internal sealed class CodedTensor : IDisposable
{
    private readonly int _block;
    private readonly Tensor _book;
    private readonly Tensor _middles;

    /// <summary>All zero.</summary>
    /// <param name="count">Values.</param>
    /// <param name="book">What codes stand for, times the scale: 256 rising values, 0 among them.</param>
    /// <param name="block">Values of one scale.</param>
    /// <param name="device">Where it lives.</param>
    public CodedTensor(long count, ReadOnlySpan<float> book, int block, Device device)
    {
        _block = block;
        _book = tensor(book.ToArray(), device: device).DetachFromDisposeScope();
        using (var sums = _book.narrow(0, 1, book.Length - 1) + _book.narrow(0, 0, book.Length - 1))
        {
            _middles = (sums / 2).DetachFromDisposeScope();
        }

        Codes = full(count, (long)book.IndexOf(0f), dtype: ScalarType.Byte, device: device).DetachFromDisposeScope();
        Scales = zeros((count + block - 1) / block, float32, device).DetachFromDisposeScope();
    }

    /// <summary><c>[count]</c> uint8.</summary>
    public Tensor Codes { get; }

    /// <summary><c>[blocks]</c> float32: the largest absolute value of each.</summary>
    public Tensor Scales { get; }

    /// <summary>The values of a stretch, float32.</summary>
    /// <param name="at">At the start of a block.</param>
    /// <param name="count">To the end of a block, or of all.</param>
    public Tensor Read(long at, long count)
    {
        using var scope = NewDisposeScope();
        var values = _book.index_select(0, Codes.narrow(0, at, count).to(ScalarType.Int32));
        var blocks = Blocks(values);
        blocks.mul_(Scales.narrow(0, at / _block, blocks.shape[0]).unsqueeze(1));
        return blocks.view(-1).narrow(0, 0, count).MoveToOuterDisposeScope();
    }

    /// <summary>Puts values in the place of a stretch.</summary>
    /// <param name="at">At the start of a block.</param>
    /// <param name="values">To the end of a block, or of all.</param>
    public void Write(long at, Tensor values)
    {
        using var scope = NewDisposeScope();
        var blocks = Blocks(values);
        var scales = blocks.abs().amax(1);
        // A block of zeros has no scale to divide by; whatever it is divided by, its codes are those of 0.
        var shares = blocks / where(scales > 0, scales, ones_like(scales)).unsqueeze(1);
        var codes = bucketize(shares.view(-1).narrow(0, 0, values.numel()), _middles, outInt32: true, right: false);
        Codes.narrow(0, at, values.numel()).copy_(codes);
        Scales.narrow(0, at / _block, scales.numel()).copy_(scales);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Codes.Dispose();
        Scales.Dispose();
        _book.Dispose();
        _middles.Dispose();
    }

    // [blocks, block]; the last is filled up with zeros, which are never the largest.
    private Tensor Blocks(Tensor values)
    {
        var left = values.numel() % _block;
        return (left == 0 ? values : nn.functional.pad(values, [0, _block - left])).view(-1, _block);
    }
}
