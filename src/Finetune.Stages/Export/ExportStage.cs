using System.Text.Json;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Export;

/// <summary>Writes the tuned model in a format that other programs load. Inputs <c>base</c> (files), <c>tokenizer</c>
/// (files), <c>model</c>, <c>choices</c>.</summary>
public sealed class ExportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "export";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("model", "model", IsFolder: true)];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context));

    private static void Run(StageContext context)
    {
        var settings = StageJson.FromJson<ExportSettings>(context.Step.Settings);
        var tuned = context.Input("model");
        var target = context.Output("model");
        Directory.CreateDirectory(target);
        if (settings.Format == "peft")
        {
            WritePeft(tuned, target);
        }
        else
        {
            WriteMerged(settings, ModelInputs.Folder(context), tuned, target);
        }

        Tokenizer.Copy(ModelInputs.Folder(context, "tokenizer"), target);

        WriteCard(settings, ChoiceFile.Read(context.Input("choices")), Path.Combine(target, ModelCard.FileName));
    }

    private static void WriteMerged(ExportSettings settings, string baseFolder, string tuned, string target)
    {
        if (!LoraAdapter.IsAdapterFolder(tuned))
        {
            foreach (var file in ModelFolder.FilesIn(tuned))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            }

            return;
        }

        using var model = ModelInputs.Load(
            baseFolder,
            tuned,
            randomInitialisation: false,
            Precision.Float32,
            seed: 0,
            ModelInputs.FormatOf(settings.Quantization)
        );
        LoraAdapter.Merge(model);
        ModelFolder.Save(model, target);
    }

    private static void WritePeft(string tuned, string target)
    {
        if (!LoraAdapter.IsAdapterFolder(tuned))
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

        foreach (var file in LoraAdapter.FilesIn(tuned))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        // An adapter on weights that training has changed means nothing without them.
        if (ModelInputs.HasWeights(tuned))
        {
            var weights = Directory.CreateDirectory(Path.Combine(target, "base")).FullName;
            foreach (var file in ModelFolder.FilesIn(tuned))
            {
                File.Copy(file, Path.Combine(weights, Path.GetFileName(file)));
            }
        }
    }

    private static void WriteCard(
        ExportSettings settings,
        IReadOnlyDictionary<string, TemplateChoices> choices,
        string path
    )
    {
        var templates = settings.Templates.Select(t => new CardTemplate(
            t.Name,
            t.Prompt,
            t.Completion,
            t.Answer,
            choices.GetValueOrDefault(t.Name)?.Choices,
            choices.GetValueOrDefault(t.Name)?.Completions,
            t.Messages?.List?.Select(m => new CardMessage(m.Role, m.Content)).ToList()
        ));
        var card = new ModelCard(
            ModelCard.CurrentVersion,
            settings.Name,
            settings.Boundary,
            settings.MaxNewTokens,
            [.. templates]
        );
        File.WriteAllText(path, JsonSerializer.Serialize(card, ModelCard.Options) + "\n");
    }
}
