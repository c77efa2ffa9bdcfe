using Finetune.Engine.Templates.Chat;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Evaluate;

/// <summary>
/// Lets one contender answer the test rows; nothing is judged here. Inputs <c>base</c> (files), <c>tokenizer</c>
/// (files), <c>test</c> (examples), <c>choices</c>; <c>shots</c> for few-shot; <c>model</c> for what was made of the base.
/// </summary>
public sealed class EvaluateStage : IStage
{
    /// <summary>Examples encoded and answered at a time: enough to fill a batch, small enough to report progress.</summary>
    private const int ChunkSize = 64;

    /// <inheritdoc/>
    public string Kind => "evaluate";

    /// <inheritdoc/>
    public int Version => 5;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("predictions", "predictions.jsonl"), new("summary", "summary.json")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context, cancellationToken));

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<EvaluateSettings>(context.Step.Settings);
        var baseFolder = ModelInputs.Folder(context);
        var tokenizer = ModelInputs.Tokenizer(context);
        using var model = ModelInputs.Load(
            baseFolder,
            ModelInputs.Tuned(context),
            settings.RandomInitialisation,
            ModelInputs.PrecisionOf(settings.Precision),
            settings.Seed,
            ModelInputs.FormatOf(settings.Quantization),
            ModelInputs.Device(context)
        );
        ModelInputs.CheckFits(context, tokenizer, model.Shape);
        model.eval();
        var generation = FreeText.Options(settings, tokenizer);
        var responder = new Responder(
            model,
            tokenizer,
            new AnsweringOptions(
                ModelInputs.BoundaryOf(settings.Boundary),
                ModelInputs.EosOf(tokenizer, model.Shape, baseFolder),
                settings.MaxLength,
                generation
            )
            {
                ChoiceScore = ChoiceScores.Of(settings.ChoiceScore),
            }
        );
        var choices = ChoiceFile.Read(context.Input("choices"));
        var chat = new Lazy<ConversationRenderer>(() =>
            ConversationRenderer.Load(
                ModelInputs.Folder(context, "tokenizer"),
                tokenizer,
                ConversationRenderer.FixedTime
            )
        );
        var shots =
            settings.Shots > 0
                ? FewShot.Choose(context.Input("shots"), settings.Shots, settings.Choose, settings.Seed, chat)
                : null;
        var total = ExampleFile.Count(context.Input("test"));
        var summary = new SummaryBuilder(context.Step.Name["evaluate.".Length..], settings.MaxLength, shots?.Rows);
        using var writer = AnswerFile.Create(context.Output("predictions"));
        foreach (var chunk in ExampleFile.Read(context.Input("test")).Chunk(ChunkSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var questions = chunk.Select(e => Question.Of(e, choices, shots?.Prompt(e))).ToArray();
            foreach (var answer in responder.Respond(questions, scoreReference: true))
            {
                writer.Write(answer);
                summary.Add(answer);
            }

            context.Progress.Report(new StageProgress("answering", summary.Examples, total));
        }

        SummaryFile.Write(context.Output("summary"), summary.Build());
    }
}
