using Finetune.Engine.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>A model whose hidden states are given and whose head is a matrix.</summary>
internal sealed class FixedLogits : CausalModel
{
    private readonly Parameter _head;

    public FixedLogits(Tensor head)
        : base("fixed")
    {
        _head = new Parameter(head);
        register_parameter("head", _head);
        // The parameter has taken the tensor over.
        Shape = new ModelShape((int)_head.shape[0], (int)_head.shape[1], 1, 1000, [], null, null);
    }

    public override ModelShape Shape { get; }

    public override Tensor HeadWeight => _head;

    public override Tensor Hidden(Batch batch, IReadOnlyList<KeyValueCache>? caches = null) =>
        throw new NotSupportedException();

    public override Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, _head);
}
