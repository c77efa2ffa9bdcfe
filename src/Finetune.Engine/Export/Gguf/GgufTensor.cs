namespace Finetune.Engine.Export.Gguf;

/// <summary>A tensor of a GGUF file and where its values come from.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Sources">Names in the checkpoint; several are stacked.</param>
/// <param name="Form">How values change on the way.</param>
internal sealed record GgufTensor(string Name, IReadOnlyList<string> Sources, GgufForm Form)
{
    /// <summary>
    /// The type of its values where matrices have the type given: vectors, norms, positions and routers stay single
    /// precision, and rows that are no whole blocks half precision (<c>ModelBase.prepare_tensors</c> of the converter).
    /// </summary>
    public GgufType TypeFor(GgufType matrices, IReadOnlyList<long> shape) =>
        shape.Count <= 1
        || Name.EndsWith("_norm.weight", StringComparison.Ordinal)
        || Name == GgufNames.Positions
        || Name.EndsWith(".ffn_gate_inp.weight", StringComparison.Ordinal)
            ? GgufType.F32
        : matrices == GgufType.Q8 && shape[^1] % GgufTypes.BlockValues != 0 ? GgufType.F16
        : matrices;
}
