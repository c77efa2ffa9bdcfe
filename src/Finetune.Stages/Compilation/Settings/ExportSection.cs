using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>A model to write for other programs.</summary>
public sealed record ExportSection
{
    /// <summary>huggingface: a folder in Hugging Face layout, adapters merged; peft: the adapter alone.</summary>
    [Words("huggingface", "peft")]
    [Example("\"huggingface\"")]
    public required string Format { get; init; }

    /// <summary>The folder to write; relative to this document, or absolute.</summary>
    [NotEmpty]
    [Example("\"out/model\"")]
    public required string To { get; init; }
}

/// <summary>What the report shows.</summary>
public sealed record ReportSection
{
    /// <summary>Rows of each kind shown side by side.</summary>
    [Bounds(0, 10000)]
    [Example("20")]
    public int Samples { get; init; } = 20;
}
