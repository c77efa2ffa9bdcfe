using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Export.Gguf;

/// <summary>The families that are exported as GGUF, by <c>model_type</c>: a line each.</summary>
internal static class GgufFamilies
{
    private static readonly SortedDictionary<string, GgufFamily> Known = new(StringComparer.Ordinal)
    {
        ["gemma"] = new("gemma", Gemma.Read) { Activation = Activation.GeluTanh, OwnHead = false },
        ["gemma2"] = new("gemma2", Gemma2.Read)
        {
            Activation = Activation.GeluTanh,
            OwnHead = false,
            Period = 2,
            WindowsOptional = false,
            WideScoreLayers = 46,
        },
        ["gemma3_text"] = new("gemma3", Gemma3.Read)
        {
            Activation = Activation.GeluTanh,
            Period = 6,
            WideScoreLayers = 62,
        },
        ["gpt2"] = new("gpt2", Gpt2.Read)
        {
            Activation = Activation.GeluTanh,
            FreeHeadSize = false,
            QueryKeyValueBias = true,
            OtherBiases = true,
        },
        ["llama"] = Llama(Models.Llama.Read),
        ["mistral"] = Llama(Mistral.Read),
        ["mixtral"] = Llama(Mixtral.Read),
        ["phi3"] = new("phi3", Phi3.Read) { FreeHeadSize = false, LongRope = true },
        ["qwen2"] = new("qwen2", Qwen2.Read) { FreeHeadSize = false, QueryKeyValueBias = true },
        ["qwen3"] = new("qwen3", Qwen3.Read) { QueryKeyValueBias = true },
    };

    /// <summary>Their names, ordinal order.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>The family of a configuration.</summary>
    /// <exception cref="ModelFileException">It is not exported.</exception>
    public static GgufFamily Of(ModelConfig config) =>
        Known.TryGetValue(config.ModelType, out var family)
            ? family
            : throw config.Wrong(
                "model_type",
                config.ModelType,
                $"a family that is exported as GGUF: {string.Join(", ", Names)}"
            );

    private static GgufFamily Llama(Func<ModelConfig, DecoderOptions> read) =>
        new("llama", read)
        {
            Permuted = true,
            QueryKeyValueBias = true,
            OtherBiases = true,
            LongRope = true,
            RotaryFactors = true,
        };
}
