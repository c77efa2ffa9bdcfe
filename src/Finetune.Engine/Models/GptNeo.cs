using System.Text.Json.Nodes;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>
/// GPT-Neo: learned positions, unscaled scores, every second layer local; as <c>GPTNeoForCausalLM</c> computes it.
/// </summary>
/// <param name="config">Its configuration.</param>
/// <param name="at">Where parameters are made.</param>
public sealed class GptNeo(ModelConfig config, Placement at) : Decoder("gpt_neo", config, Read(config), at)
{
    private const string TypesKey = "attention_types";

    private static readonly DecoderKeys Keys = new()
    {
        Layers = "num_layers",
        Heads = "num_heads",
        KeyValueHeads = null,
        HeadSize = null,
        UsualIntermediate = 4,
        Epsilon = "layer_norm_epsilon",
        UsualEpsilon = 1e-5,
        Activation = "activation_function",
        UsualActivation = "gelu_new",
        UsuallyTied = true,
        HasDropout = true,
        Rope = null,
    };

    private static readonly DecoderNames Names = new()
    {
        Body = "transformer",
        Embedding = "wte",
        Positions = "wpe",
        Layers = "h",
        Norm = "ln_f",
        BeforeAttention = "ln_1",
        Attention = "attn.attention",
        Output = "out_proj",
        BeforeMlp = "ln_2",
        Gate = null,
        Up = "c_fc",
        Down = "c_proj",
    };

    internal static DecoderOptions Read(ModelConfig config)
    {
        config.Dropouts("embed_dropout", "resid_dropout", "summary_first_dropout");
        config.Unused("summary_activation", "summary_proj_to_labels", "summary_type", "summary_use_proj");
        config.Unused("attention_layers");
        var options = DecoderOptions.Read(config, Keys);
        var window = config.Size("window_size", 256);
        return options with
        {
            Names = Names,
            Norm = NormKind.Layer,
            OutputBias = true,
            MlpBias = true,
            ScoreScale = 1,
            Windows = [.. Locals(config, options.Layers).Select(local => local ? window : (int?)null)],
        };
    }

    // [[["global", "local"], 12]]: that list, twelve times over.
    private static IReadOnlyList<bool> Locals(ModelConfig config, int layers)
    {
        var value =
            config.Value(TypesKey) ?? new JsonArray(new JsonArray(new JsonArray("global", "local"), layers / 2));
        try
        {
            var kinds = value
                .AsArray()
                .SelectMany(part =>
                    Enumerable
                        .Repeat(part![0]!.AsArray(), part[1]!.GetValue<int>())
                        .SelectMany(list => list.Select(kind => kind!.GetValue<string>()))
                )
                .ToList();
            if (kinds.Count == layers && kinds.TrueForAll(kind => kind is "global" or "local"))
            {
                return [.. kinds.Select(kind => kind == "local")];
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            // Fewer brackets, or another kind of value: wrong as a whole.
        }

        throw config.Wrong(TypesKey, value, $"pairs of a list of global and local and a count, {layers} layers in all");
    }
}
