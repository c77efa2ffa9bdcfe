using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>The families that can be computed, by <c>model_type</c>: one line each.</summary>
public static class ModelFamilies
{
    private static readonly SortedDictionary<string, Family> Known = new(StringComparer.Ordinal)
    {
        ["bloom"] = new(Bloom.Read, (config, at) => new Bloom(config, at)),
        ["cohere"] = new(Cohere.Read, (config, at) => new Cohere(config, at)),
        ["falcon"] = new(Falcon.Read, (config, at) => new Falcon(config, at)),
        ["gemma"] = new(Gemma.Read, (config, at) => new Gemma(config, at)),
        ["gemma2"] = new(Gemma2.Read, (config, at) => new Gemma2(config, at)),
        ["gemma3_text"] = new(Gemma3.Read, (config, at) => new Gemma3(config, at)),
        ["gpt2"] = new(Gpt2.Read, (config, at) => new Gpt2(config, at)),
        ["gpt_neo"] = new(GptNeo.Read, (config, at) => new GptNeo(config, at)),
        ["gpt_neox"] = new(GptNeoX.Read, (config, at) => new GptNeoX(config, at)),
        ["granite"] = new(Granite.Read, (config, at) => new Granite(config, at)),
        ["llama"] = new(Llama.Read, (config, at) => new Llama(config, at)),
        ["mistral"] = new(Mistral.Read, (config, at) => new Mistral(config, at)),
        ["mixtral"] = new(Mixtral.Read, (config, at) => new Mixtral(config, at)),
        ["olmo"] = new(Olmo.Read, (config, at) => new Olmo(config, at)),
        ["olmo2"] = new(Olmo2.Read, (config, at) => new Olmo2(config, at)),
        ["opt"] = new(Opt.Read, (config, at) => new Opt(config, at)),
        ["phi"] = new(Phi.Read, (config, at) => new Phi(config, at)),
        ["phi3"] = new(Phi3.Read, (config, at) => new Phi3(config, at)),
        ["qwen2"] = new(Qwen2.Read, (config, at) => new Qwen2(config, at)),
        ["qwen3"] = new(Qwen3.Read, (config, at) => new Qwen3(config, at)),
        ["qwen3_moe"] = new(Qwen3Moe.Read, (config, at) => new Qwen3Moe(config, at)),
        ["smollm3"] = new(SmolLm3.Read, (config, at) => new SmolLm3(config, at)),
        ["stablelm"] = new(StableLm.Read, (config, at) => new StableLm(config, at)),
        ["starcoder2"] = new(Starcoder2.Read, (config, at) => new Starcoder2(config, at)),
        ["t5"] = new(null, (config, at) => new T5(config, at)),
    };

    /// <summary>Their names, ordinal order.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Makes a model without values.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="at">Where.</param>
    /// <exception cref="ModelFileException">A family that is not known, or a key at fault.</exception>
    public static CausalModel Create(ModelConfig config, Placement at) => Of(config).Create(config, at);

    /// <summary>The shape of a decoder, without the tensor library; null for a model that is not one stack of layers.</summary>
    /// <param name="config">Its configuration.</param>
    /// <exception cref="ModelFileException">A family that is not known, or a key at fault.</exception>
    public static DecoderOptions? Options(ModelConfig config) => Of(config).Read?.Invoke(config);

    private static Family Of(ModelConfig config) =>
        Known.TryGetValue(config.ModelType, out var family)
            ? family
            : throw config.Wrong("model_type", config.ModelType, $"one of {string.Join(", ", Names)}");

    private sealed record Family(
        Func<ModelConfig, DecoderOptions>? Read,
        Func<ModelConfig, Placement, CausalModel> Create
    );
}
