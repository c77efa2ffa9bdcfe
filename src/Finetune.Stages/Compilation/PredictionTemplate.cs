using Finetune.Stages.Artifacts;
using Finetune.Stages.Evaluate;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Compilation;

/// <summary>What labels new rows: the evaluation's first template, and the last training's model.</summary>
/// <param name="Template">The template; its prompt and choices are the question.</param>
/// <param name="Settings">How the tuned contender answers.</param>
/// <param name="BaseFolder">Absolute path of the base (or of the configuration, for random weights).</param>
/// <param name="TokenizerFolder">Absolute path of the tokenizer's folder.</param>
/// <param name="TrainStep">The step whose output <c>model</c> answers; null without training.</param>
/// <param name="ChoicesStep">The step that leaves the choices.</param>
/// <param name="ChoicesOutput">The output that has them.</param>
public sealed record PredictionTemplate(
    TemplateSettings Template,
    EvaluateSettings Settings,
    string BaseFolder,
    string TokenizerFolder,
    string? TrainStep,
    string ChoicesStep,
    string ChoicesOutput
)
{
    /// <summary>How generated text is read; null where all of it is the answer.</summary>
    public AnswerSettings? Answers { get; init; }
}
