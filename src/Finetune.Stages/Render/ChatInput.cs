using Finetune.Engine;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>The chat template among a step's inputs.</summary>
internal static class ChatInput
{
    /// <summary>The chat template of the input <c>tokenizer</c>; the day that templates see is always the same.</summary>
    /// <exception cref="PipelineException">There is none, or it cannot be read.</exception>
    public static ConversationRenderer Renderer(StageContext context)
    {
        var folder = Path.GetDirectoryName(context.InputPaths["tokenizer"][0])!;
        try
        {
            return ConversationRenderer.Load(folder, Tokenizer.Load(folder), ConversationRenderer.FixedTime);
        }
        catch (ModelFileException e)
        {
            throw new PipelineException(
                new Diagnostic(
                    RenderCodes.NoChatTemplate,
                    e.Message,
                    StepPlace.Of(context.Step.Private),
                    "templates",
                    "templates with messages need a tokenizer with a chat template: name one in 'model.tokenizer', or write prompt and completion"
                ),
                ExitCode.StepFailed
            );
        }
    }
}
