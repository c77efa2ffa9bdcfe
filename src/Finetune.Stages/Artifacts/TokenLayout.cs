namespace Finetune.Stages.Artifacts;

/// <summary>The tensors of a token file, in the order in which they lie. Numbers are little-endian.</summary>
internal static class TokenLayout
{
    /// <summary>What the metadata's <c>format</c> says.</summary>
    public const string Format = "finetune-tokens-1";

    /// <summary>The tensors.</summary>
    public static IReadOnlyList<TokenTensor> Tensors { get; } =
    [
        new("offsets", "I64", 8, PerToken: false, Extra: 1),
        new("example", "I64", 8, PerToken: false),
        new("row", "I64", 8, PerToken: false),
        new("input_ids", "I32", 4, PerToken: true),
        new("template", "I32", 4, PerToken: false),
        new("loss_mask", "U8", 1, PerToken: true),
    ];
}

/// <summary>One tensor of a token file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as safetensors writes it.</param>
/// <param name="Size">Bytes of a number.</param>
/// <param name="PerToken">Whether it has one number a token; else one an example.</param>
/// <param name="Extra">Numbers beyond that.</param>
internal sealed record TokenTensor(string Name, string Type, int Size, bool PerToken, int Extra = 0);
