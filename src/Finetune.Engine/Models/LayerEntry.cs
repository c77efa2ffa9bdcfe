using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Hidden states that a pass enters a layer with, in place of the embedding and the layers below.</summary>
/// <param name="Layer">Number of the first layer that runs, from 0.</param>
/// <param name="States"><c>[tokens, hidden]</c>, in the batch's order.</param>
public sealed record LayerEntry(int Layer, Tensor States);
