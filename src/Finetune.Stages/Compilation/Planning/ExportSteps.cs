using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Compilation.Checks;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Export;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>One step an exported model.</summary>
internal static class ExportSteps
{
    private const long UsualShard = 5_000_000_000;
    private const string UsualType = "f16";

    /// <summary>The step. It reads the test rows, whose prompts the exported model must answer alike, and the verdict,
    /// which the model card tells.</summary>
    public static Step Of(CheckedPipeline pipeline, ExportSection export, JsonObject document)
    {
        var isFile = export.Format == "gguf";
        var target = pipeline.Context.Resolve(export.To);
        var step = StepFactory.Heavy(
            $"export.{export.Format}",
            new ExportSettings(
                export.Format,
                pipeline.Settings.Name,
                pipeline.Boundary,
                pipeline.Evaluation.Generate.MaxTokens,
                [.. pipeline.Use.Evaluation.Select(n => DataSteps.Template(pipeline.Templates[n]))]
            )
            {
                Quantization = pipeline.Quantization,
                Type = isFile ? export.Type ?? UsualType : null,
                FileName = isFile ? Path.GetFileName(target) : null,
                Dtype = export.Dtype,
                ShardBytes = export.ShardSize is { } size ? ByteSizes.Parse(size) ?? UsualShard : UsualShard,
            },
            [
                ModelSteps.Base(pipeline),
                ModelSteps.Tokenizer(pipeline),
                new OutputInput("model", pipeline.LastTrainStep!, "model"),
                new OutputInput("choices", "render", "evaluation_choices"),
                new OutputInput("train", "render", "train"),
                new OutputInput("test", "render", "test"),
                new OutputInput("verdict", "verdict", "verdict"),
            ],
            pipeline,
            // For the model card. The weights, which are in the key, are what these settings made of the base.
            view: new JsonObject
            {
                ["model"] = document["model"]!.DeepClone(),
                ["training"] = document["training"]!.DeepClone(),
            },
            device: StepFactory.Processor
        );
        return step with { Placement = new Placement("model", isFile ? Path.GetDirectoryName(target)! : target) };
    }
}
