using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Export.Formats;

/// <summary>The trained model, and where it goes. At most one model is held at a time.</summary>
/// <param name="settings">What is asked for.</param>
/// <param name="baseFolder">The base.</param>
/// <param name="tuned">What training left: a whole model or an adapter.</param>
/// <param name="tokenizerFolder">The tokenizer.</param>
/// <param name="target">The folder to write.</param>
internal sealed class ExportSource(
    ExportSettings settings,
    string baseFolder,
    string tuned,
    string tokenizerFolder,
    string target
) : IDisposable
{
    private CausalModel? _model;

    /// <summary>What is asked for.</summary>
    public ExportSettings Settings => settings;

    /// <summary>The base.</summary>
    public string BaseFolder => baseFolder;

    /// <summary>What training left.</summary>
    public string Tuned => tuned;

    /// <summary>The tokenizer.</summary>
    public string TokenizerFolder => tokenizerFolder;

    /// <summary>The folder to write.</summary>
    public string Target => target;

    /// <summary>Whether training left an adapter.</summary>
    public bool HasAdapter { get; } = LoraAdapter.IsAdapterFolder(tuned);

    /// <summary>The trained model in single precision; an adapter is on it until it is merged.</summary>
    public CausalModel Model => _model ??= Load(baseFolder, tuned);

    /// <summary>A model as training held it.</summary>
    /// <param name="weights">The folder of the base.</param>
    /// <param name="trained">What was trained on it.</param>
    public CausalModel Load(string weights, string trained) =>
        ModelInputs.Load(
            weights,
            trained,
            randomInitialisation: false,
            Precision.Float32,
            seed: 0,
            ModelInputs.FormatOf(settings.Quantization)
        );

    /// <summary>The trained model with its adapter, if any, added in.</summary>
    public CausalModel Merged()
    {
        LoraAdapter.Merge(Model);
        return Model;
    }

    /// <summary>Lets go of the model and holds another in its place.</summary>
    public CausalModel Hold(Func<CausalModel> load)
    {
        Dispose();
        return _model = load();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model?.Dispose();
        _model = null;
    }
}
