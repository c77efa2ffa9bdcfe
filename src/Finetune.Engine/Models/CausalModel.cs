using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>
/// A language model that predicts the next token: a decoder alone, or one beside an encoder. <c>state_dict</c> names are the checkpoint's own, given as literals where modules
/// register; tied weights are one parameter.
/// </summary>
/// <param name="name">The family, equal to <c>model_type</c>.</param>
public abstract class CausalModel(string name) : nn.Module(name)
{
    private const double UsualDeviation = 0.02;

    /// <summary>The configuration it was made from; null for a model made without files.</summary>
    public ModelConfig? Config { get; protected init; }

    /// <summary>Parameters that are trained with the adapter that is on; empty without one.</summary>
    public IList<TrainedPart> Trained { get; } = [];

    /// <summary>What callers may know of the model's shape.</summary>
    public abstract ModelShape Shape { get; }

    /// <summary>Whether it computes on the processor, whose memory is the machine's.</summary>
    public bool IsOnProcessor => HeadWeight.device_type == TorchSharp.DeviceType.CPU;

    /// <summary>Whether layers keep their inputs alone in training and are computed again for the gradient: less memory,
    /// a third more time, the same numbers.</summary>
    public bool Recomputes { get; set; }

    /// <summary>Told a layer's number in a backward pass when the gradients of its weights are complete; null: nobody is.
    /// Of a model that is not one stack of layers, nobody is told.</summary>
    internal Action<int>? LayerPassed { get; set; }

    /// <summary>Whether this pass is to be one of that kind.</summary>
    /// <param name="caches">The pass's caches.</param>
    protected bool RecomputesNow(IReadOnlyList<KeyValueCache>? caches) =>
        Recomputes && training && caches is null && is_grad_enabled();

    /// <summary>The final hidden states, after the last norm: <c>[tokens, hidden]</c>, or of the tokens that the batch wants
    /// alone, <c>[rows, hidden]</c>.</summary>
    /// <param name="batch">Documents end to end.</param>
    /// <param name="caches">One cache a document, or null without. Keys and values of the batch are appended, and
    /// attention sees all that a document's cache holds.</param>
    public abstract Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null);

    /// <summary>The hidden states that enter a layer: <c>[tokens, hidden]</c>.</summary>
    /// <param name="batch">Documents end to end.</param>
    /// <param name="layer">Its number, from 0; that of no layer gives what enters the last norm.</param>
    /// <exception cref="NotSupportedException">The model is not one stack of layers.</exception>
    public virtual Tensor Entering(Batch batch, int layer) =>
        throw new NotSupportedException($"{GetName()} is not one stack of layers");

    /// <summary>Lets an encoder read sources, each into the cache of the sequence that will answer it.</summary>
    /// <param name="sources">Documents end to end.</param>
    /// <param name="caches">One a source.</param>
    /// <exception cref="NotSupportedException">The model is a decoder alone.</exception>
    public virtual void Encode(Batch sources, IReadOnlyList<KeyValueCache> caches) =>
        throw new NotSupportedException($"{GetName()} has no encoder");

    /// <summary>The weight of the output head, <c>[vocabulary, hidden]</c>; the embedding's own where tied.</summary>
    public abstract Tensor HeadWeight { get; }

    /// <summary>What stands before the names of all parameters but the head's; some published files leave it out.</summary>
    public virtual string BodyName => "";

    /// <summary>Name of the list that the layers are numbered in, such as <c>model.layers</c>; null where there is not one
    /// alone.</summary>
    public virtual string? LayersName => null;

    /// <summary>Logits of hidden states: <c>[n, hidden]</c> to <c>[n, vocabulary]</c>.</summary>
    public abstract Tensor Logits(Tensor hidden);

    /// <summary>How far random weights of a matrix are drawn apart: their standard deviation.</summary>
    /// <param name="name">The matrix.</param>
    internal virtual double Deviation(string name) =>
        Config?.Number("initializer_range", UsualDeviation) ?? UsualDeviation;

    /// <summary>Nothing: a field's C# name must not become a second name of a checkpoint tensor.</summary>
    protected sealed override void RegisterComponents() { }
}

/// <summary>Facts of a model that training, generation and reports need.</summary>
/// <param name="VocabularySize">Rows of the embedding.</param>
/// <param name="HiddenSize">Width of the hidden states.</param>
/// <param name="Layers">Decoder layers.</param>
/// <param name="MaxPositions">Longest sequence it was made for.</param>
/// <param name="EosIds">End-of-sequence ids of config.json (and generation_config.json), may be empty.</param>
/// <param name="BosId">Beginning of sequence.</param>
/// <param name="PadId">Padding; its embedding row gets no gradient.</param>
public sealed record ModelShape(
    int VocabularySize,
    int HiddenSize,
    int Layers,
    int MaxPositions,
    IReadOnlyList<int> EosIds,
    int? BosId,
    int? PadId
)
{
    /// <summary>What a decoder beside an encoder begins with; null for decoders alone.</summary>
    public int? DecoderStart { get; init; }
}
