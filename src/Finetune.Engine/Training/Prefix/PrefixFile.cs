using System.Globalization;
using System.Runtime.InteropServices;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Prefix;

/// <summary>
/// The hidden states of examples that enter the first layer which is trained. What lies below is frozen, so they are the
/// same in every epoch, run and sweep, and are computed once. A safetensors file: <c>states</c>
/// <c>[tokens, hidden]</c>, example after example without the tokens that nothing is predicted from, and <c>starts</c>
/// <c>[examples + 1]</c>; metadata <c>layer</c>.
/// </summary>
public sealed class PrefixFile : IDisposable
{
    private const string States = "states";
    private const string Starts = "starts";
    private const string LayerKey = "layer";

    private readonly SafeTensorsFile _file;
    private readonly StoredTensor _states;
    private readonly long[] _starts;

    private PrefixFile(SafeTensorsFile file, StoredTensor states, long[] starts, int layer)
    {
        (_file, _states, _starts) = (file, states, starts);
        Layer = layer;
    }

    /// <summary>Number of the layer that the states enter.</summary>
    public int Layer { get; }

    /// <summary>Numbers of the stored states.</summary>
    public ScalarType Type => TensorBytes.ScalarTypeOf(_states.Type);

    /// <summary>Width of a state.</summary>
    public long Width => _states.Shape[1];

    /// <summary>Computes the states of examples and writes them.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="model">With the weights that stay.</param>
    /// <param name="layer">Number of the layer that the states enter.</param>
    /// <param name="examples">Each with a scored token.</param>
    /// <param name="done">Told of examples that are done.</param>
    public static void Write(
        string path,
        CausalModel model,
        int layer,
        IReadOnlyList<TrainingExample> examples,
        Action<int>? done = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(examples);
        var starts = new long[examples.Count + 1];
        for (var i = 0; i < examples.Count; i++)
        {
            starts[i + 1] = starts[i] + examples[i].Predicting;
        }

        model.eval();
        var type = TensorBytes.StoredTypeOf(model.HeadWeight.dtype);
        SafeTensorsWriter.Write(
            path,
            [
                new TensorToWrite(
                    Starts,
                    StoredType.I64,
                    [starts.Length],
                    stream => stream.Write(MemoryMarshal.AsBytes(starts.AsSpan()))
                ),
                new TensorToWrite(
                    States,
                    type,
                    [starts[^1], model.Shape.HiddenSize],
                    stream => WriteStates(stream, model, layer, examples, done)
                ),
            ],
            new Dictionary<string, string> { [LayerKey] = layer.ToString(CultureInfo.InvariantCulture) }
        );
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelFileException">Not such a file.</exception>
    public static PrefixFile Open(string path)
    {
        var file = SafeTensorsFile.Open(path);
        try
        {
            if (
                file.Find(States) is not { Shape.Count: 2 } states
                || file.Find(Starts) is not { Shape.Count: 1, Type: StoredType.I64 } starts
                || !int.TryParse(
                    file.Metadata.GetValueOrDefault(LayerKey),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var layer
                )
            )
            {
                throw new ModelFileException(path, null, "no states of examples", "a file of the step 'prefix'");
            }

            var places = new long[starts.Count];
            file.Read(starts, 0, MemoryMarshal.AsBytes(places.AsSpan()));
            return new PrefixFile(file, states, places, layer);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The examples, each with what is stored of it.</summary>
    /// <param name="examples">Those that the file was made of, in the same order.</param>
    /// <exception cref="ModelFileException">They are others.</exception>
    public IReadOnlyList<TrainingExample> Onto(IReadOnlyList<TrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var fits =
            examples.Count == _starts.Length - 1
            && Enumerable.Range(0, examples.Count).All(i => examples[i].Predicting == _starts[i + 1] - _starts[i]);
        return fits
            ? [.. examples.Select((example, i) => example with { Prefix = new PrefixRow(this, i) })]
            : throw new ModelFileException(_file.Path, Starts, "the states of other examples", "those of the tokens");
    }

    /// <summary>Copies an example's states.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="target"><c>[tokens, hidden]</c>, of the file's type, on the CPU and contiguous.</param>
    internal void CopyTo(int number, Tensor target) =>
        _file.Read(_states, _starts[number] * Width * _states.Type.Size(), target.bytes);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void WriteStates(
        Stream stream,
        CausalModel model,
        int layer,
        IReadOnlyList<TrainingExample> examples,
        Action<int>? done
    )
    {
        using var noGrad = no_grad();
        var written = 0;
        foreach (var pass in TokenBudget.Cut(examples, e => e.Predicting, TokenBudget.OfInference(model.Shape)))
        {
            CollectionPause.Breathe();
            using var scope = NewDisposeScope();
            using var batch = Batch.Of(
                [.. pass.Select(e => (ReadOnlyMemory<int>)e.InputIds.AsMemory(0, e.Predicting))],
                model.HeadWeight.device
            );
            stream.Write(model.Entering(batch, layer).cpu().contiguous().bytes);
            done?.Invoke(written += pass.Count);
        }
    }
}
