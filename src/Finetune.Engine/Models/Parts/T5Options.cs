namespace Finetune.Engine.Models.Parts;

/// <summary>The shape of a T5.</summary>
public sealed record T5Options
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int EncoderLayers { get; init; }
    public required int DecoderLayers { get; init; }
    public required int Heads { get; init; }
    public required int HeadSize { get; init; }
    public required int Buckets { get; init; }
    public required int MaxDistance { get; init; }
    public required double NormEpsilon { get; init; }
    public required Activation Activation { get; init; }
    public required bool Gated { get; init; }

    /// <summary>Hidden states are multiplied by one over the root of their width before the head.</summary>
    public required bool ScaledHead { get; init; }

    /// <summary>The head is the embedding's weight.</summary>
    public required bool Tied { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ModelFileException">A key at fault.</exception>
    public static T5Options Read(ModelConfig config)
    {
        config.Only("is_encoder_decoder", "true");
        config.Only("quantization_config");
        config.Dropouts("dropout_rate");
        config.Unused("initializer_factor", "n_positions", "dense_act_fn", "is_gated_act");
        var layers = config.Size("num_layers", 6);
        var tied = config.Flag("tie_word_embeddings", true);
        var (gated, activation) = FeedForward(config);
        return new T5Options
        {
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = config.Size("d_model"),
            IntermediateSize = config.Size("d_ff"),
            EncoderLayers = layers,
            DecoderLayers = config.Size("num_decoder_layers", layers),
            Heads = config.Size("num_heads"),
            HeadSize = config.Size("d_kv"),
            Buckets = config.Size("relative_attention_num_buckets", 32),
            MaxDistance = config.Size("relative_attention_max_distance", 128),
            NormEpsilon = config.Epsilon("layer_norm_epsilon", 1e-6),
            Activation = activation,
            Gated = gated,
            // Version 5 ties always and says here what tying used to mean; a head of its own stands in the file.
            ScaledHead = config.Flag("scale_decoder_outputs", tied),
            Tied = tied && !config.HeadDiffers,
        };
    }

    private static (bool Gated, Activation Activation) FeedForward(ModelConfig config) =>
        (config.Text("feed_forward_proj") ?? "relu") switch
        {
            "relu" => (false, Activation.Relu),
            "gelu" => (false, Activation.GeluErf),
            "gelu_new" => (false, Activation.GeluTanh),
            "silu" => (false, Activation.Silu),
            // By the reference, gated-gelu means the tanh form.
            "gated-gelu" => (true, Activation.GeluTanh),
            "gated-silu" => (true, Activation.Silu),
            "gated-relu" => (true, Activation.Relu),
            var other => throw config.Wrong("feed_forward_proj", other, "relu, gelu, silu, or gated-relu and so on"),
        };
}
