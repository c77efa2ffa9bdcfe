using Finetune.Engine.Checkpoints;

namespace Finetune.Engine.Models;

/// <summary>Names in checkpoints that stand apart from a family's parameters.</summary>
internal static class TensorNames
{
    private const int PieceBytes = 1 << 24;

    private static readonly string[] Heads = ["lm_head.weight", "embed_out.weight"];

    private static readonly string[] Embeddings =
    [
        "model.embed_tokens.weight",
        "model.decoder.embed_tokens.weight",
        "transformer.wte.weight",
        "wte.weight",
        "transformer.word_embeddings.weight",
        "word_embeddings.weight",
        "gpt_neox.embed_in.weight",
        "shared.weight",
    ];

    // T5's shared embedding, stored again.
    private static readonly string[] Copies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];

    // Rotary frequencies, causal masks and what they are filled with.
    private static readonly string[] Buffers =
    [
        ".rotary_emb.inv_freq",
        ".attn.bias",
        ".attn.masked_bias",
        ".attention.bias",
        ".attention.masked_bias",
    ];

    /// <summary>Whether this is an output head.</summary>
    public static bool IsHead(string name) => Heads.Contains(name);

    /// <summary>What old files hold beside parameters: buffers that the configuration computes, copies.</summary>
    public static bool IsBuffer(string name) =>
        Copies.Contains(name) || Array.Exists(Buffers, end => ("." + name).EndsWith(end, StringComparison.Ordinal));

    /// <summary>Whether the files hold a head whose values are not the embedding's.</summary>
    public static bool HeadDiffers(WeightFiles weights)
    {
        if (First(weights, Heads) is not { } head || First(weights, Embeddings) is not { } embedding)
        {
            return false;
        }

        if (head.Tensor.Type != embedding.Tensor.Type || head.Tensor.Bytes != embedding.Tensor.Bytes)
        {
            return true;
        }

        for (var at = 0L; at < head.Tensor.Bytes; at += PieceBytes)
        {
            var count = (int)Math.Min(PieceBytes, head.Tensor.Bytes - at);
            if (
                !head
                    .File.Bytes(head.Tensor, at, count)
                    .SequenceEqual(embedding.File.Bytes(embedding.Tensor, at, count))
            )
            {
                return true;
            }
        }

        return false;
    }

    private static (SafeTensorsFile File, StoredTensor Tensor)? First(WeightFiles weights, string[] names) =>
        names.Select(weights.Find).FirstOrDefault(found => found is not null);
}
