using Finetune.Engine.Templates.Chat;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Turns rows into examples. Inputs <c>train</c>, <c>validation</c>, <c>test</c> (rows); <c>tokenizer</c>
/// (files) where templates have messages. Private entries: <c>templates</c> (template name to its place in the
/// document).</summary>
public sealed class RenderStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "render";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [
        new("train", "train.jsonl"),
        new("validation", "validation.jsonl"),
        new("test", "test.jsonl"),
        new("shots", "shots.jsonl"),
        new("training_choices", "training_choices.json"),
        new("evaluation_choices", "evaluation_choices.json"),
        new("ledger", "ledger.json"),
    ];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<RenderSettings>(context.Step.Settings);
        var errors = new FoundErrors();
        var views = context.Step.Private["templates"];
        var makers = new Dictionary<string, ExampleMaker>(StringComparer.Ordinal);
        var chat = new Lazy<ConversationRenderer>(() => ChatInput.Renderer(context));
        var any = RowFile.Read(context.Input("train")).First();
        foreach (var template in settings.Templates)
        {
            var compiled = new CompiledTemplate(template, views?[template.Name], () => chat.Value);
            var choices = ChoiceSet.Of(compiled, RowFile.Read(context.Input("train")), errors);
            makers.Add(template.Name, new ExampleMaker(compiled, choices, any));
        }

        errors.ThrowIfAny();
        ExampleMaker[] training = [.. settings.Training.Select(n => makers[n])];
        ExampleMaker[] evaluation = [.. settings.Evaluation.Select(n => makers[n])];
        var passes = new RenderPass(context, errors, cancellationToken);
        var contradictions = new Contradictions();
        var train = passes.Write("train", "train", training, contradictions, pairs: true);
        var validation = passes.Write("validation", "validation", training, pairs: true);
        var test = passes.Write("test", "test", evaluation);
        passes.Write("train", "shots", settings.Shots ? evaluation : []);
        WriteChoices(context, "training_choices", training, errors);
        WriteChoices(context, "evaluation_choices", evaluation, errors);
        errors.ThrowIfAny();
        var counts = settings.Templates.Select(t => new TemplateCounts(
            t.Name,
            settings.Training.Contains(t.Name, StringComparer.Ordinal) ? train : 0,
            settings.Training.Contains(t.Name, StringComparer.Ordinal) ? validation : 0,
            settings.Evaluation.Contains(t.Name, StringComparer.Ordinal) ? test : 0,
            makers[t.Name].SharedChoices,
            contradictions.Count(t.Name),
            contradictions.Rows(t.Name)
        ));
        LedgerFile.Write(context.Output("ledger"), new RenderLedger([.. counts]));
    }

    private static void WriteChoices(StageContext context, string output, ExampleMaker[] makers, FoundErrors errors)
    {
        var found = new Dictionary<string, TemplateChoices>(StringComparer.Ordinal);
        foreach (var maker in makers)
        {
            try
            {
                if (maker.Shared() is { } choices)
                {
                    found.Add(maker.Name, choices);
                }
            }
            catch (RowException e)
            {
                errors.Add(e.Error);
            }
        }

        ChoiceFile.Write(context.Output(output), found);
    }
}
