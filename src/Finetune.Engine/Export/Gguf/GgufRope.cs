using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Export.Gguf;

/// <summary>Rotary positions in a GGUF file: keys, and tensors that hold a divisor for each pair.</summary>
internal static class GgufRope
{
    /// <summary>Adds the keys.</summary>
    public static void Describe(GgufMetadata metadata, string architecture, DecoderOptions options)
    {
        if (GgufLimits.Global(options) is not { } rope)
        {
            return;
        }

        metadata.Add($"{architecture}.rope.dimension_count", (uint)rope.Dimensions);
        metadata.Add($"{architecture}.rope.freq_base", (float)rope.Theta);
        if (GgufLimits.Local(options) is { } local && local != rope)
        {
            metadata.Add($"{architecture}.rope.freq_base_swa", (float)local.Theta);
        }

        var scaling = $"{architecture}.rope.scaling";
        switch (rope.Kind)
        {
            case RopeKind.Linear:
                metadata.Add($"{scaling}.type", "linear");
                metadata.Add($"{scaling}.factor", (float)rope.Factor);
                break;
            case RopeKind.Yarn:
                metadata.Add($"{scaling}.type", "yarn");
                metadata.Add($"{scaling}.factor", (float)rope.Factor);
                metadata.Add($"{scaling}.original_context_length", (uint)rope.OriginalPositions);
                metadata.Add($"{scaling}.yarn_beta_fast", (float)rope.BetaFast);
                metadata.Add($"{scaling}.yarn_beta_slow", (float)rope.BetaSlow);
                // llama.cpp multiplies by 0.1 ln(factor) + 1 in any case.
                metadata.Add(
                    $"{scaling}.attn_factor",
                    (float)(rope.AttentionFactor / (0.1 * Math.Log(rope.Factor) + 1))
                );
                break;
            case RopeKind.LongRope:
                metadata.Add($"{scaling}.type", "longrope");
                metadata.Add($"{scaling}.original_context_length", (uint)rope.OriginalPositions);
                metadata.Add($"{scaling}.attn_factor", (float)rope.AttentionFactor);
                break;
        }
    }

    /// <summary>The tensors of divisors.</summary>
    public static IEnumerable<GgufTensorToWrite> Factors(DecoderOptions options) =>
        GgufLimits.Global(options) switch
        {
            { Kind: RopeKind.Llama3 } rope => [Divisors("rope_freqs.weight", Llama3(rope))],
            { Kind: RopeKind.LongRope } rope =>
            [
                Divisors("rope_factors_long.weight", [.. rope.Long!.Values]),
                Divisors("rope_factors_short.weight", [.. rope.Short!.Values]),
            ],
            _ => [],
        };

    // What frequencies without scaling are divided by (LlamaModel.generate_extra_tensors of the converter).
    private static float[] Llama3(RopeOptions rope)
    {
        var longest = rope.OriginalPositions / rope.LowFrequencyFactor;
        var shortest = rope.OriginalPositions / rope.HighFrequencyFactor;
        float Divisor(int pair)
        {
            var wavelength = 2 * Math.PI * Math.Pow(rope.Theta, 2.0 * pair / rope.Dimensions);
            var smooth =
                (rope.OriginalPositions / wavelength - rope.LowFrequencyFactor)
                / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
            return wavelength < shortest ? 1
                : wavelength > longest ? (float)rope.Factor
                : (float)(1 / ((1 - smooth) / rope.Factor + smooth));
        }

        return [.. Enumerable.Range(0, rope.Dimensions / 2).Select(Divisor)];
    }

    private static GgufTensorToWrite Divisors(string name, float[] values) =>
        new(
            name,
            GgufType.F32,
            [values.Length],
            stream =>
            {
                using var all = tensor(values);
                GgufNumbers.Write(all, GgufType.F32, stream);
            }
        );
}
