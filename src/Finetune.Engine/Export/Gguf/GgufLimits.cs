using System.Globalization;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Export.Gguf;

/// <summary>Refuses what llama.cpp would compute otherwise or not at all, by the key of <c>config.json</c>.</summary>
internal static class GgufLimits
{
    /// <summary>Checks a model's shape.</summary>
    /// <exception cref="ModelFileException">Something that llama.cpp has no place for.</exception>
    public static void Check(ModelConfig config, GgufFamily family, DecoderOptions options)
    {
        Demand(options.Activation == family.Activation, "hidden_act", options.Activation, $"{family.Activation}");
        Demand(
            family.FreeHeadSize || options.HeadSize * options.Heads == options.HiddenSize,
            "head_dim",
            options.HeadSize,
            "hidden_size over num_attention_heads"
        );
        Demand(family.QueryKeyValueBias || !options.QueryKeyValueBias, "attention_bias", "true", "false");
        Demand(family.OtherBiases || !options.OutputBias, "attention_bias", "true", "false");
        Demand(family.OtherBiases || !options.MlpBias, "mlp_bias", "true", "false");
        Demand(!options.HeadBias, "lm_head_bias", "true", "false");
        Demand(family.OwnHead || options.Tied, "tie_word_embeddings", "a head of its own", "the embedding as head");
        Demand(!options.ScaleByInverseLayer, "scale_attn_by_inverse_layer_idx", "true", "false");
        Demand(
            options.ScoreScale is null || options.Names.QueryKeyValue is null,
            "scale_attn_weights",
            "false",
            "true"
        );
        Demand(options.Experts is not { Normalized: false }, "norm_topk_prob", "false", "true");
        CheckRope(family, options);
        if (family.Period > 0)
        {
            Demand(
                Period(family, options) is not null,
                "layer_types",
                "no regular pattern",
                "a full layer every so many"
            );
            Demand(
                family.WindowsOptional || options.Windows.Any(w => w is not null),
                "layer_types",
                "no sliding layers",
                "some"
            );
        }

        void Demand(bool holds, string key, object found, string wanted)
        {
            if (!holds)
            {
                throw new ModelFileException(
                    config.File,
                    key,
                    string.Create(CultureInfo.InvariantCulture, $"{found}"),
                    $"{wanted}: llama.cpp's {family.Architecture} knows nothing else, so that it cannot be exported as GGUF"
                );
            }
        }

        void CheckRope(GgufFamily of, DecoderOptions shape)
        {
            var global = Global(shape);
            Demand(of.LongRope || global?.Kind != RopeKind.LongRope, "rope_scaling", "longrope", "another scaling");
            Demand(of.RotaryFactors || global?.Kind != RopeKind.Llama3, "rope_scaling", "llama3", "another scaling");
            Demand(global is not { Kind: RopeKind.Yarn, Truncate: false }, "rope_scaling.truncate", "false", "true");
            var local = Local(shape);
            Demand(
                local is null || local == global || local.Kind == RopeKind.Default,
                "rope_parameters.sliding_attention",
                local?.Kind ?? RopeKind.Default,
                "no scaling"
            );
        }
    }

    /// <summary>Every how many layers one sees all; 1 where all do; null without such a pattern.</summary>
    public static int? Period(GgufFamily family, DecoderOptions options)
    {
        if (options.Windows.All(w => w is null))
        {
            return 1;
        }

        bool Fits(int period) =>
            options.Windows.Select((window, layer) => window is null == ((layer + 1) % period == 0)).All(fits => fits);
        return Enumerable
            .Range(2, options.Layers)
            .OrderBy(period => period == family.Period ? 0 : 1)
            .Where(Fits)
            .Select(period => (int?)period)
            .FirstOrDefault();
    }

    /// <summary>Rotary positions of layers that see all, or of all layers.</summary>
    public static RopeOptions? Global(DecoderOptions options) =>
        options.LayerRopes.Count == 0
            ? options.Rope
            : options
                .LayerRopes.Where((rope, layer) => rope is not null && Window(options, layer) is null)
                .FirstOrDefault()
                ?? options.LayerRopes.FirstOrDefault(rope => rope is not null);

    /// <summary>Rotary positions of layers that slide; null where none does.</summary>
    public static RopeOptions? Local(DecoderOptions options) =>
        options.LayerRopes.Where((_, layer) => Window(options, layer) is not null).FirstOrDefault();

    private static int? Window(DecoderOptions options, int layer) =>
        options.Windows.Count > 0 ? options.Windows[layer] : null;
}
