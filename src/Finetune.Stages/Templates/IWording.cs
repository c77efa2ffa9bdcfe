using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Templates;

/// <summary>A template ready to be filled in. Safe for use by several threads.</summary>
public interface IWording
{
    /// <summary>What the completion reads of a row.</summary>
    TextUse CompletionUse { get; }

    /// <summary>The row in this template.</summary>
    /// <exception cref="WordingException">The template fails on this row.</exception>
    Worded Render(JsonObject values);

    /// <summary>What is asked of a row that has no answer yet; nothing that only the completion reads is needed.</summary>
    /// <exception cref="WordingException">The template fails on this row.</exception>
    Worded Ask(JsonObject values);
}

/// <summary>A row in a template.</summary>
/// <param name="Prompt">All that the model is given.</param>
/// <param name="Completion">What it is to write; empty where a row is asked.</param>
/// <param name="Chat">Only where a chat template wrote both.</param>
public sealed record Worded(string Prompt, string Completion, ChatExample? Chat);
