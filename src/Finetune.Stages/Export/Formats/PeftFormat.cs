using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Export.Formats;

/// <summary>The adapter alone, in PEFT's layout.</summary>
internal sealed class PeftFormat : IExportFormat
{
    // Where weights stand that are the adapter's base and not the document's.
    private const string OwnBase = "base";

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
        // An adapter on weights that training has changed means nothing without them.
        if (ModelInputs.HasWeights(source.Tuned))
        {
            var weights = Directory.CreateDirectory(Path.Combine(source.Target, OwnBase)).FullName;
            HuggingFaceFormat.CopyAll(ModelFolder.FilesIn(source.Tuned), weights);
        }

        Tokenizer.Copy(source.TokenizerFolder, source.Target);
        return true;
    }

    /// <inheritdoc/>
    public CausalModel Reload(ExportSource source)
    {
        var own = Path.Combine(source.Target, OwnBase);
        return source.Hold(() => source.Load(Directory.Exists(own) ? own : source.BaseFolder, source.Target));
    }
}
