using Finetune.Engine.Native;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>The model to start from.</summary>
public abstract record ModelSection
{
    /// <summary>What a device is called.</summary>
    internal const string DevicePattern = $"^({DeviceChoice.Auto}|{ComputeDevice.Names})$";

    /// <summary>A folder with a tokenizer, or hub:org/name@revision. Default: the base's own.</summary>
    [NotEmpty]
    [Example("\"models/tokenizer\"")]
    public string? Tokenizer { get; init; }

    /// <summary>How numbers are computed: auto is what doctor --measure found faster on this machine, else fp32.</summary>
    [Words("fp32", "bf16", "auto")]
    [Example("\"fp32\"")]
    public string Precision { get; init; } = "fp32";

    /// <summary>Where numbers are computed: cpu, cuda, one of several as cuda:1, or mps; auto is cuda where this build and this machine have it, else cpu.</summary>
    [Pattern(DevicePattern)]
    [Example("\"cuda:1\"")]
    public string Device { get; init; } = "auto";

    /// <summary>A small set of weights beside the base, instead of all of its weights. Default: full fine-tuning.</summary>
    [Example("""{ "kind": "lora", "rank": 16, "alpha": 32 }""")]
    public AdapterSection? Adapter { get; init; }

    /// <summary>How the base's linear layers are held while an adapter trains (QLoRA): nf4 takes about half a byte a
    /// weight. The head, embeddings and norms stay whole. Default: not quantised.</summary>
    [Words("nf4")]
    [Example("\"nf4\"")]
    public string? Quantization { get; init; }

    /// <summary>Whether the scales of quantised blocks are quantised too. Default: true with quantization.</summary>
    [Example("true")]
    public bool? DoubleQuantization { get; init; }

    /// <summary>The longest example in tokens, end of sequence included. Default: the model's.</summary>
    [Bounds(2, int.MaxValue)]
    [Example("512")]
    public int? MaxLength { get; init; }

    /// <summary>Longer examples: error, drop, or truncate (cuts the prompt's start).</summary>
    [Words("error", "drop", "truncate")]
    [Example("\"error\"")]
    public string Overlong { get; init; } = "error";

    /// <summary>Whether prompt and completion are tokenized as one text, or split: apart.</summary>
    [Words("together", "split")]
    [Example("\"together\"")]
    public string Boundary { get; init; } = "together";
}

/// <summary>A checkpoint.</summary>
public sealed record BaseModelSection : ModelSection
{
    /// <summary>builtin:NAME, hub:org/name@revision, or a folder in Hugging Face layout (config.json, safetensors).</summary>
    [NotEmpty]
    [Example("\"builtin:tiny\"")]
    public required string Base { get; init; }
}

/// <summary>Random weights, for pre-training.</summary>
public sealed record RandomModelSection : ModelSection
{
    /// <summary>A folder with a config.json.</summary>
    [NotEmpty]
    [Example("\"models/tiny\"")]
    public required string Config { get; init; }

    /// <summary>How the weights begin.</summary>
    [Words("random")]
    [Example("\"random\"")]
    public required string Init { get; init; }
}
