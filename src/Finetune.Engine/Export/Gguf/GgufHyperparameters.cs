using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Export.Gguf;

/// <summary>A decoder's numbers as keys of a GGUF file (<c>gguf-py/gguf/constants.py</c>, <c>Keys</c>).</summary>
internal static class GgufHyperparameters
{
    private const uint QuantizationVersion = 2;

    /// <summary>Adds the keys.</summary>
    /// <param name="metadata">Where.</param>
    /// <param name="family">The family.</param>
    /// <param name="options">The model's shape.</param>
    /// <param name="name">What the file calls the model.</param>
    /// <param name="type">How matrices are stored.</param>
    public static void Describe(
        GgufMetadata metadata,
        GgufFamily family,
        DecoderOptions options,
        string name,
        GgufType type
    )
    {
        var arch = family.Architecture;
        metadata.Add("general.architecture", arch);
        metadata.Add("general.type", "model");
        metadata.Add("general.name", name);
        metadata.Add("general.file_type", type.FileType());
        metadata.Add("general.quantization_version", QuantizationVersion);
        metadata.Add($"{arch}.vocab_size", (uint)options.VocabularySize);
        metadata.Add($"{arch}.context_length", (uint)ContextLength(family, options));
        metadata.Add($"{arch}.embedding_length", (uint)options.HiddenSize);
        metadata.Add($"{arch}.block_count", (uint)options.Layers);
        metadata.Add($"{arch}.feed_forward_length", (uint)options.IntermediateSize);
        metadata.Add($"{arch}.attention.head_count", (uint)options.Heads);
        metadata.Add($"{arch}.attention.head_count_kv", (uint)options.KeyValueHeads);
        metadata.Add($"{arch}.attention.key_length", (uint)options.HeadSize);
        metadata.Add($"{arch}.attention.value_length", (uint)options.HeadSize);
        var epsilon = options.Norm == NormKind.Layer ? "layer_norm_epsilon" : "layer_norm_rms_epsilon";
        metadata.Add($"{arch}.attention.{epsilon}", (float)options.NormEpsilon);
        if (options.Experts is { } experts)
        {
            metadata.Add($"{arch}.expert_count", (uint)experts.Count);
            metadata.Add($"{arch}.expert_used_count", (uint)experts.Chosen);
        }

        // Read by llama.cpp as a default of its own where it is not said.
        if (arch == "gemma2")
        {
            metadata.Add($"{arch}.attn_logit_softcapping", (float?)options.ScoreCap);
        }

        metadata.Add($"{arch}.final_logit_softcapping", (float?)options.LogitCap);
        if (family.Period > 0 && Window(options) is { } window)
        {
            metadata.Add($"{arch}.attention.sliding_window", (uint)window);
            var period = GgufLimits.Period(family, options);
            metadata.Add($"{arch}.attention.sliding_window_pattern", period == family.Period ? null : (uint?)period);
        }

        GgufRope.Describe(metadata, arch, options);
    }

    /// <summary>
    /// The longest sequence that is computed alike: where llama.cpp knows no window, or no growing base, up to where they
    /// begin to act.
    /// </summary>
    public static int ContextLength(GgufFamily family, DecoderOptions options)
    {
        var longest = options.MaxPositions;
        if (family.Period == 0 && Window(options) is { } window)
        {
            longest = Math.Min(longest, window);
        }

        return GgufLimits.Global(options) is { Kind: RopeKind.Dynamic } rope
            ? Math.Min(longest, rope.OriginalPositions)
            : longest;
    }

    private static int? Window(DecoderOptions options) => options.Windows.FirstOrDefault(window => window is not null);
}
