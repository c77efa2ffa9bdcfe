namespace Finetune.Engine.Models.Parts;

/// <summary>
/// What a decoder's parts are called in checkpoints, Llama's names by default; a family writes out those that differ. A
/// part without a name does not exist. A name may be a path (<c>attn.attention</c>), or empty: the part's own parts then
/// stand where it would.
/// </summary>
public sealed record DecoderNames
{
    public string Body { get; init; } = "model";
    public string Head { get; init; } = "lm_head";

    // Under the body.
    public string Embedding { get; init; } = "embed_tokens";
    public string? Positions { get; init; }
    public string? EmbeddingNorm { get; init; }
    public string Layers { get; init; } = "layers";
    public string Norm { get; init; } = "norm";

    // Under a layer.
    public string? BeforeAttention { get; init; } = "input_layernorm";
    public string Attention { get; init; } = "self_attn";
    public string? AfterAttention { get; init; }
    public string? BeforeMlp { get; init; } = "post_attention_layernorm";
    public string Mlp { get; init; } = "mlp";
    public string? AfterMlp { get; init; }

    // Under attention. One name for queries, keys and values together stands in place of three.
    public string Query { get; init; } = "q_proj";
    public string Key { get; init; } = "k_proj";
    public string Value { get; init; } = "v_proj";
    public string? QueryKeyValue { get; init; }
    public string Output { get; init; } = "o_proj";
    public string QueryNorm { get; init; } = "q_norm";
    public string KeyNorm { get; init; } = "k_norm";

    // Under the feed-forward part, which has no gate where neither name of one is given.
    public string? Gate { get; init; } = "gate_proj";
    public string Up { get; init; } = "up_proj";
    public string? GateUp { get; init; }
    public string Down { get; init; } = "down_proj";
}
