using Finetune.Engine.Checkpoints;

namespace Finetune.Engine.Models;

/// <summary>Names in checkpoints that stand apart from a family's parameters.</summary>
internal static class TensorNames
{
    /// <summary>The output head.</summary>
    public const string Head = "lm_head.weight";

    private const string Embedding = "model.embed_tokens.weight";
    private const int PieceBytes = 1 << 24;

    /// <summary>Buffers that old files hold and that are computed from the configuration.</summary>
    public static bool IsBuffer(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Whether the files hold a head whose values are not the embedding's.</summary>
    public static bool HeadDiffers(WeightFiles weights)
    {
        if (weights.Find(Head) is not { } head || weights.Find(Embedding) is not { } embedding)
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
}
