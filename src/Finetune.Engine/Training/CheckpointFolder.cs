using System.Globalization;
using Finetune.Engine.Checkpoints;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// What a cut training goes on from: <c>state.safetensors</c> (weights, what the optimizer and the average remember, and
/// the state as text), the best weights so far in a file of their step, and the log. The state is renamed into place last and names the rest, so that a cut at
/// any moment leaves either the state before or the one after. A folder that does not fit counts as none.
/// </summary>
internal sealed class CheckpointFolder(string folder, IReadOnlyList<string> names)
{
    private const string StateKey = "state";

    /// <summary>The log of the training so far.</summary>
    public string LogPath { get; } = Path.Combine(folder, "log.jsonl");

    private string StatePath { get; } = Path.Combine(folder, "state.safetensors");

    /// <summary>Makes a state the one to go on from.</summary>
    /// <param name="state">Where the training is.</param>
    /// <param name="tensors">All it remembers, weights too.</param>
    public void Save(TrainingState state, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        Directory.CreateDirectory(folder);
        SafeTensorsWriter.Write(
            StatePath,
            [.. tensors.Select(t => TensorBytes.ToWrite(t.Name, t.Value))],
            new Dictionary<string, string>(StringComparer.Ordinal) { [StateKey] = state.ToText() }
        );
        foreach (var path in Directory.EnumerateFiles(folder, "best-*"))
        {
            if (state.BestWeights is not { } best || !string.Equals(path, BestPath(best), StringComparison.Ordinal))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Restores the newest state of a training, or returns null and changes nothing.</summary>
    /// <param name="identity">Of the training that asks.</param>
    /// <param name="tensors">Filled.</param>
    public TrainingState? Load(string identity, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        if (!File.Exists(StatePath))
        {
            return null;
        }

        try
        {
            using var file = SafeTensorsFile.Open(StatePath);
            var state = file.Metadata.TryGetValue(StateKey, out var text) ? TrainingState.FromText(text) : null;
            var fits =
                state is not null
                && string.Equals(state.Identity, identity, StringComparison.Ordinal)
                && (state.BestWeights is not { } best || File.Exists(BestPath(best)))
                && (state.LogLength == 0 || File.Exists(LogPath) && new FileInfo(LogPath).Length >= state.LogLength)
                && tensors.All(t => Fits(file, t));
            if (!fits)
            {
                return null;
            }

            Fill(file, tensors);
            return state;
        }
        catch (ModelFileException)
        {
            return null;
        }
    }

    /// <summary>Keeps weights under their step; call before the state that names them is saved.</summary>
    public void SaveBest(int step, IReadOnlyList<Tensor> weights)
    {
        Directory.CreateDirectory(folder);
        SafeTensorsWriter.Write(BestPath(step), [.. names.Select((name, i) => TensorBytes.ToWrite(name, weights[i]))]);
    }

    /// <summary>Brings kept weights back.</summary>
    public void LoadBest(int step, IReadOnlyList<Tensor> weights)
    {
        using var file = SafeTensorsFile.Open(BestPath(step));
        Fill(file, [.. names.Zip(weights)]);
    }

    private string BestPath(int step) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"best-{step}.safetensors"));

    private static bool Fits(SafeTensorsFile file, (string Name, Tensor Value) wanted) =>
        file.Find(wanted.Name) is { } stored
        && stored.Shape.SequenceEqual(wanted.Value.shape)
        && stored.Type == TensorBytes.StoredTypeOf(wanted.Value.dtype);

    private static void Fill(SafeTensorsFile file, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        foreach (var (name, value) in tensors)
        {
            TensorBytes.CopyTo(file, file.Find(name)!, value);
        }
    }
}
