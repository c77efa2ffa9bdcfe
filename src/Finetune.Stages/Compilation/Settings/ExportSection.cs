using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A model to write for other programs.</summary>
public sealed record ExportSection
{
    /// <summary>huggingface: a folder in Hugging Face layout, adapters merged; peft: the adapter; gguf: a file for llama.cpp.</summary>
    [Words("huggingface", "peft", "gguf")]
    [Example("\"huggingface\"")]
    public required string Format { get; init; }

    /// <summary>The folder to write, for gguf the file; relative to this document, or absolute.</summary>
    [NotEmpty]
    [Example("\"out/model\"")]
    public required string To { get; init; }

    /// <summary>gguf: how matrices are stored. Default: f16.</summary>
    [Words("f32", "f16", "bf16", "q8_0")]
    [Example("\"q8_0\"")]
    public string? Type { get; init; }

    /// <summary>huggingface: the numbers of the weights. Default: the base's; of a fully tuned model, its own.</summary>
    [Words("float32", "bfloat16", "float16")]
    [Example("\"bfloat16\"")]
    public string? Dtype { get; init; }

    /// <summary>huggingface: the most that a weight file holds, such as 500MB. Default: 5GB.</summary>
    [NotEmpty]
    [Example("\"5GB\"")]
    public string? ShardSize { get; init; }
}

/// <summary>What the report shows.</summary>
public sealed record ReportSection
{
    /// <summary>Rows of each kind shown side by side.</summary>
    [Bounds(0, 10000)]
    [Example("20")]
    public int Samples { get; init; } = 20;
}
