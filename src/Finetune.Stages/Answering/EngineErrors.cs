using System.Runtime.InteropServices;
using Finetune.Engine;
using Finetune.Engine.Native;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Stages.Answering;

/// <summary>Gives the engine's typed exceptions their codes, in the one place where a step calls the engine.</summary>
public static class EngineErrors
{
    // "CUDA out of memory", "MPS backend out of memory"; "DefaultCPUAllocator: can't allocate memory".
    private static readonly string[] OutOfMemory = ["out of memory", "can't allocate memory"];

    /// <summary>Runs the body of a step on a thread of its own; what a user can mend comes out as diagnostics.</summary>
    /// <exception cref="PipelineException">With exit code 3.</exception>
    public static Task Translated(StageContext context, Action body) =>
        Task.Run(() =>
        {
            using var pause = CollectionPause.Hold();
            try
            {
                body();
            }
            catch (Exception exception) when (Diagnose(exception, context.Step.Name) is { } diagnostic)
            {
                throw new PipelineException(diagnostic, ExitCode.StepFailed);
            }
        });

    /// <summary>The diagnostic of a device that is not here.</summary>
    public static Diagnostic Diagnose(DeviceException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new Diagnostic("FT5301", exception.Message, Cure: exception.Cure);
    }

    /// <summary>The diagnostic of an engine exception, or null for what is a bug.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="where">The step or command.</param>
    public static Diagnostic? Diagnose(Exception exception, string where) =>
        exception switch
        {
            ModelFileException e => new Diagnostic(
                "FT7001",
                $"{e.File}{(e.Field is null ? "" : $" ({e.Field})")}: found {e.Found}, wanted {e.Wanted}"
            ),
            PrefixLawException e => new Diagnostic(
                "FT3101",
                $"{where}: {e.Message}",
                Cure: "end the prompt where a token ends, or set model.boundary to split"
            ),
            JinjaException e => new Diagnostic(
                "FT3408",
                $"{where}: the chat template refuses the conversation: {e.Described}",
                Cure: "mend the chat template, or ask with fewer examples"
            ),
            ConversationException e => new Diagnostic("FT3408", $"{where}: {e.Message}", Cure: e.Cure),
            TrainingDivergedException e => new Diagnostic("FT5101", $"{where}: {e.Message}"),
            WeightSelectionException e => new Diagnostic(
                "FT7006",
                $"{where}: {e.Message}",
                Cure: "a pattern is whole parts of a weight's name between dots, * for any text"
            ),
            DeviceException e => Diagnose(e),
            ExternalException e
                when OutOfMemory.Any(words => e.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) =>
                new Diagnostic(
                    "FT5302",
                    $"{where} ran out of memory: {e.Message.Split('\n')[0]}",
                    Cure: "checkpointing: layer, a smaller micro_batch_size, shorter rows (model.max_length) or an adapter need less"
                ),
            TrainingDataException e => new Diagnostic("FT3202", $"{where}: {e.Message}"),
            _ => null,
        };
}
