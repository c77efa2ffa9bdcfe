using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>The families that can be computed, by <c>model_type</c>: one line each.</summary>
public static class ModelFamilies
{
    private static readonly SortedDictionary<string, Func<ModelConfig, Placement, CausalModel>> Known = new(
        StringComparer.Ordinal
    )
    {
        ["bloom"] = (config, at) => new Bloom(config, at),
        ["cohere"] = (config, at) => new Cohere(config, at),
        ["falcon"] = (config, at) => new Falcon(config, at),
        ["gemma"] = (config, at) => new Gemma(config, at),
        ["gemma2"] = (config, at) => new Gemma2(config, at),
        ["gemma3_text"] = (config, at) => new Gemma3(config, at),
        ["gpt2"] = (config, at) => new Gpt2(config, at),
        ["gpt_neo"] = (config, at) => new GptNeo(config, at),
        ["gpt_neox"] = (config, at) => new GptNeoX(config, at),
        ["granite"] = (config, at) => new Granite(config, at),
        ["llama"] = (config, at) => new Llama(config, at),
        ["mistral"] = (config, at) => new Mistral(config, at),
        ["mixtral"] = (config, at) => new Mixtral(config, at),
        ["olmo"] = (config, at) => new Olmo(config, at),
        ["olmo2"] = (config, at) => new Olmo2(config, at),
        ["opt"] = (config, at) => new Opt(config, at),
        ["phi"] = (config, at) => new Phi(config, at),
        ["phi3"] = (config, at) => new Phi3(config, at),
        ["qwen2"] = (config, at) => new Qwen2(config, at),
        ["qwen3"] = (config, at) => new Qwen3(config, at),
        ["qwen3_moe"] = (config, at) => new Qwen3Moe(config, at),
        ["smollm3"] = (config, at) => new SmolLm3(config, at),
        ["stablelm"] = (config, at) => new StableLm(config, at),
        ["starcoder2"] = (config, at) => new Starcoder2(config, at),
        ["t5"] = (config, at) => new T5(config, at),
    };

    /// <summary>Their names, ordinal order.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Makes a model without values.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="at">Where.</param>
    /// <exception cref="ModelFileException">A family that is not known, or a key at fault.</exception>
    public static CausalModel Create(ModelConfig config, Placement at) =>
        Known.TryGetValue(config.ModelType, out var create)
            ? create(config, at)
            : throw config.Wrong("model_type", config.ModelType, $"one of {string.Join(", ", Names)}");
}
