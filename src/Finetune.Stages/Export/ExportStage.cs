using System.Text.Json;
using Finetune.Engine.Models;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Export.Card;
using Finetune.Stages.Export.Formats;
using Finetune.Stages.Export.Parity;

namespace Finetune.Stages.Export;

/// <summary>
/// Writes the tuned model in a format that other programs load, reads it back and lets it answer test prompts beside the
/// trained one. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>model</c>, <c>choices</c>, <c>train</c>,
/// <c>test</c>, <c>verdict</c>.
/// </summary>
public sealed class ExportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "export";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("model", "model", IsFolder: true), new("parity", "parity.json")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context, cancellationToken));

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<ExportSettings>(context.Step.Settings);
        var format = ExportFormats.Of(settings.Format);
        var target = context.Output("model");
        Directory.CreateDirectory(target);
        using var source = new ExportSource(
            settings,
            ModelInputs.Folder(context),
            context.Input("model"),
            ModelInputs.Folder(context, "tokenizer"),
            target
        );
        var tokenizer = ModelInputs.Tokenizer(context);
        var end = ModelInputs.EosOf(tokenizer, source.Model.Shape, source.BaseFolder);
        var probe = new ParityProbe(
            settings,
            tokenizer,
            end,
            source.Model.Shape.MaxPositions,
            ExampleFile.Read(context.Input("test"))
        );
        context.Progress.Report(new StageProgress("asking the trained model"));
        var trained = probe.Ask(source.Model);
        cancellationToken.ThrowIfCancellationRequested();
        context.Progress.Report(new StageProgress("writing"));
        var known = source.Model.Shape.EosIds;
        var lossless = format.Write(source);
        if (File.Exists(Path.Combine(target, ModelConfig.FileName)))
        {
            GenerationEnds.Add(target, known, probe.Ends);
        }

        cancellationToken.ThrowIfCancellationRequested();
        context.Progress.Report(new StageProgress("reading back"));
        var parity = probe.Compare(format.Reload(source), trained, settings, lossless);
        if (!parity.Passed)
        {
            throw Failed(parity);
        }

        ParityFile.Write(context.Output("parity"), parity);
        WriteCards(context, settings, parity, target);
    }

    private static PipelineException Failed(ParityRecord parity)
    {
        var first = parity.Differences.First(d => !d.Tie);
        return new PipelineException(
            new Diagnostic(
                "FT7003",
                $"the exported model ({parity.Format}) answers {parity.Prompts - parity.EqualPrompts} of {parity.Prompts} test prompts otherwise than the trained one, and nothing was rounded: row {first.Row} ({first.Template}) from token {first.Position + 1} on: found \"{first.Exported}\", wanted \"{first.Trained}\"",
                Cure: "nothing was placed; export in another format and report this as a fault of this tool"
            ),
            ExitCode.StepFailed
        );
    }

    private static void WriteCards(StageContext context, ExportSettings settings, ParityRecord parity, string target)
    {
        if (settings.Format == "gguf")
        {
            return;
        }

        var choices = ChoiceFile.Read(context.Input("choices"));
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
        File.WriteAllText(
            Path.Combine(target, ModelCard.FileName),
            JsonSerializer.Serialize(card, ModelCard.Options) + "\n"
        );
        var verdict = VerdictFile.Read(context.Input("verdict"));
        var hub = new HubCard(
            settings,
            context.Step.Private,
            verdict,
            parity,
            context.Input("train"),
            context.Input("test")
        );
        File.WriteAllText(Path.Combine(target, HubCard.FileName), hub.Write());
    }
}
