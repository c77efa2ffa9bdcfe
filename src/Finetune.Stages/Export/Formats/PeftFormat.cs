using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Export.Formats;

/// <summary>The adapter alone, in PEFT's layout.</summary>
internal sealed class PeftFormat : IExportFormat
{
    /// <inheritdoc/>
    public string Name => "peft";

    /// <inheritdoc/>
    public bool Write(ExportSource source)
    {
        if (!source.HasAdapter)
        {
            throw new PipelineException(
                new Diagnostic(
                    "FT7002",
                    "export format peft wants an adapter, and this training tuned the whole model",
                    Cure: "set model.adapter, or export as huggingface"
                ),
                ExitCode.StepFailed
            );
        }

        HuggingFaceFormat.CopyAll(LoraAdapter.FilesIn(source.Tuned), source.Target);
        HuggingFaceFormat.CopyAll(Tokenizer.FilesIn(source.TokenizerFolder), source.Target);
        HuggingFaceFormat.CopyAll(HuggingFaceFormat.ChatTemplates(source.TokenizerFolder), source.Target);
        return true;
    }

    /// <inheritdoc/>
    public CausalModel Reload(ExportSource source) =>
        source.Hold(() => ModelInputs.Load(source.BaseFolder, source.Target, false, Precision.Float32, seed: 0));
}
