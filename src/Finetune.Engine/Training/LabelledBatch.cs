using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// Examples laid end to end, with the places whose next token is scored. Tokens after the last such place are left out:
/// nothing is predicted from them. Shorter examples come first, so that equal lengths lie together and attention runs
/// over them as one.
/// </summary>
internal sealed class LabelledBatch : IDisposable
{
    private LabelledBatch(Batch batch, Tensor targets, int[] order, int[] counts)
    {
        Batch = batch;
        Targets = targets;
        Order = order;
        Counts = counts;
    }

    /// <summary>What the model takes; wanted are the places that predict a label.</summary>
    public Batch Batch { get; }

    /// <summary><c>[labels]</c> int64: the labels.</summary>
    public Tensor Targets { get; }

    /// <summary>Indices of the examples as they lie.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>Labels of each, as they lie.</summary>
    public IReadOnlyList<int> Counts { get; }

    /// <summary>Lays examples end to end.</summary>
    /// <param name="examples">Each with a scored token.</param>
    /// <param name="device">Where the tensors live.</param>
    public static LabelledBatch Of(IReadOnlyList<TrainingExample> examples, Device device)
    {
        var lengths = examples.Select(e => e.Predicting).ToArray();
        int[] order = [.. Enumerable.Range(0, lengths.Length).OrderBy(e => lengths[e])];
        var counts = new int[order.Length];
        var places = new List<long>();
        var targets = new List<long>();
        var start = 0;
        for (var d = 0; d < order.Length; d++)
        {
            var (ids, scored) = examples[order[d]];
            for (var i = 1; i <= lengths[order[d]]; i++)
            {
                if (scored[i])
                {
                    places.Add(start + i - 1);
                    targets.Add(ids[i]);
                    counts[d]++;
                }
            }

            start += lengths[order[d]];
        }

        return new LabelledBatch(
            Batch.Of(
                [.. order.Select(e => (ReadOnlyMemory<int>)examples[e].InputIds.AsMemory(0, lengths[e]))],
                device
            ) with
            {
                Source = Sources([.. order.Select(e => examples[e].Source)], device),
                Entry = Entry([.. order.Select(e => examples[e])], device),
                Wanted = tensor(places.ToArray(), device: device),
            },
            tensor(targets.ToArray(), device: device),
            order,
            counts
        );
    }

    private static Batch? Sources(int[]?[] sources, Device device) =>
        Array.TrueForAll(sources, source => source is null)
            ? null
            : Batch.Of([.. sources.Select(source => (ReadOnlyMemory<int>)source!)], device);

    private static LayerEntry? Entry(TrainingExample[] examples, Device device)
    {
        if (examples.Length == 0 || !Array.TrueForAll(examples, example => example.Prefix is not null))
        {
            return null;
        }

        var file = examples[0].Prefix!.File;
        var states = empty([examples.Sum(e => (long)e.Predicting), file.Width], file.Type);
        var at = 0L;
        foreach (var example in examples)
        {
            using var place = states.narrow(0, at, example.Predicting);
            example.Prefix!.File.CopyTo(example.Prefix.Number, place);
            at += example.Predicting;
        }

        return new LayerEntry(file.Layer, device.type == TorchSharp.DeviceType.CPU ? states : states.to(device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Batch.Dispose();
        Targets.Dispose();
    }
}
