using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Finetune.Engine.Training.Objectives;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>A digest of all that a training's numbers depend on, so that a checkpoint of another one is not taken up.</summary>
internal static class TrainingIdentity
{
    /// <summary>SHA-256 in hex.</summary>
    public static string Of(
        TrainingOptions options,
        IObjective objective,
        TrainableWeights weights,
        IReadOnlyList<WeightRule> rules
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The record's own text names every setting; those without bearing on the numbers are set to fixed values.
        var settings = options with
        {
            Clock = TimeProvider.System,
            // What they come to is in the rules; a list's own text says nothing.
            Groups = new WeightGroups(),
            CheckpointEvery = null,
        };
        Append(hash, string.Create(CultureInfo.InvariantCulture, $"1 {settings}"));
        foreach (var rule in rules)
        {
            Append(hash, string.Create(CultureInfo.InvariantCulture, $"{rule}"));
        }

        objective.AppendTo(hash);
        for (var i = 0; i < weights.Names.Count; i++)
        {
            using var scope = NewDisposeScope();
            Append(hash, $"{weights.Names[i]} {string.Join(' ', weights.Masters[i].shape)}");
            var start = weights.Masters[i].detach().flatten();
            hash.AppendData(start.narrow(0, 0, Math.Min(64, start.numel())).cpu().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Adds examples.</summary>
    public static void Append(IncrementalHash hash, IReadOnlyList<TrainingExample> examples)
    {
        Append(hash, examples.Count.ToString(CultureInfo.InvariantCulture));
        if (examples.Count > 0 && examples[0].Prefix is { } prefix)
        {
            Append(hash, string.Create(CultureInfo.InvariantCulture, $"from layer {prefix.File.Layer}"));
        }

        foreach (var example in examples)
        {
            hash.AppendData(BitConverter.GetBytes(example.InputIds.Length));
            hash.AppendData(MemoryMarshal.AsBytes(example.InputIds.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(example.Scored.AsSpan()));
            if (example.Source is { } source)
            {
                hash.AppendData(BitConverter.GetBytes(source.Length));
                hash.AppendData(MemoryMarshal.AsBytes(source.AsSpan()));
            }
        }
    }

    /// <summary>Adds a line.</summary>
    public static void Append(IncrementalHash hash, string text) =>
        hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
