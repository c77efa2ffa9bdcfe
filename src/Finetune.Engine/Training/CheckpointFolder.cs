using System.Globalization;
using Finetune.Engine.Checkpoints;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// What a cut training goes on from: <c>state.safetensors</c> (weights, moments, and the state as text), the best weights
/// so far in a file of their step, and the log. The state is renamed into place last and names the rest, so that a cut at
/// any moment leaves either the state before or the one after. A folder that does not fit counts as none.
/// </summary>
internal sealed class CheckpointFolder(string folder, IReadOnlyList<string> names)
{
    private const string StateKey = "state";
    private const string FirstMoment = "first_moment.";
    private const string SecondMoment = "second_moment.";

    /// <summary>The log of the training so far.</summary>
    public string LogPath { get; } = Path.Combine(folder, "log.jsonl");

    private string StatePath { get; } = Path.Combine(folder, "state.safetensors");

    /// <summary>Makes a state the one to go on from.</summary>
    public void Save(TrainingState state, IReadOnlyList<Tensor> weights, AdamW optimizer)
    {
        Directory.CreateDirectory(folder);
        var tensors = new List<TensorToWrite>();
        for (var i = 0; i < names.Count; i++)
        {
            tensors.Add(TensorBytes.ToWrite(names[i], weights[i]));
            tensors.Add(TensorBytes.ToWrite(FirstMoment + names[i], optimizer.FirstMoments[i]));
            tensors.Add(TensorBytes.ToWrite(SecondMoment + names[i], optimizer.SecondMoments[i]));
        }

        SafeTensorsWriter.Write(
            StatePath,
            tensors,
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
    /// <param name="weights">Filled.</param>
    /// <param name="optimizer">Filled.</param>
    public TrainingState? Load(string identity, IReadOnlyList<Tensor> weights, AdamW optimizer)
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
                && Fits(file, "", weights)
                && Fits(file, FirstMoment, optimizer.FirstMoments)
                && Fits(file, SecondMoment, optimizer.SecondMoments);
            if (!fits)
            {
                return null;
            }

            Fill(file, "", weights);
            Fill(file, FirstMoment, optimizer.FirstMoments);
            Fill(file, SecondMoment, optimizer.SecondMoments);
            optimizer.Steps = state!.Step;
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
        Fill(file, "", weights);
    }

    private string BestPath(int step) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"best-{step}.safetensors"));

    private bool Fits(SafeTensorsFile file, string prefix, IReadOnlyList<Tensor> tensors) =>
        names.Zip(tensors).All(pair => file.Find(prefix + pair.First)?.Shape.SequenceEqual(pair.Second.shape) == true);

    private void Fill(SafeTensorsFile file, string prefix, IReadOnlyList<Tensor> tensors)
    {
        for (var i = 0; i < names.Count; i++)
        {
            TensorBytes.CopyTo(file, file.Find(prefix + names[i])!, tensors[i]);
        }
    }
}
