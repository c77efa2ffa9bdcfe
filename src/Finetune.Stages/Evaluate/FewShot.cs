using System.Text.Json.Nodes;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Evaluate;

/// <summary>The examples that stand in a few-shot prompt: training rows in the test row's template, completions included.
/// In a conversation they are earlier turns, behind what the system says.</summary>
public sealed class FewShot
{
    private readonly ShotChoice _choice;
    private readonly Dictionary<(string Template, long Row), Example> _examples;
    private readonly Lazy<ConversationRenderer> _chat;

    private FewShot(ShotChoice choice, IReadOnlyList<Example> examples, Lazy<ConversationRenderer> chat)
    {
        _choice = choice;
        _examples = examples.ToDictionary(e => (e.Template, e.Row));
        _chat = chat;
    }

    /// <summary>Numbers of the rows that stand before every question, in their order there; none where they differ.</summary>
    public IReadOnlyList<long> Rows => _choice.Always;

    /// <summary>The prompt of an example with the chosen ones before it.</summary>
    /// <exception cref="JinjaException">The chat template refuses so many turns.</exception>
    public string Prompt(Example example)
    {
        var shots = _choice.Before(example).Select(row => _examples[(example.Template, row)]).ToList();
        return example.Chat is { } chat
            ? _chat.Value.Prompt(ChatRequests.Of(Conversation(shots, chat), chat.Tools, chat.Kwargs))
            : string.Concat(shots.Select(e => $"{e.Prompt}{e.Completion}\n\n")) + example.Prompt;
    }

    /// <summary>Chooses among training rows.</summary>
    /// <param name="shotsPath">Training rows, rendered in the evaluation's templates.</param>
    /// <param name="count">How many; fewer where there are fewer rows.</param>
    /// <param name="choose"><c>first</c>, <c>each_label</c>, <c>nearest</c>; null for <c>random</c>.</param>
    /// <param name="seed">The document's seed.</param>
    /// <param name="chat">The model's chat template; asked for only where there are messages.</param>
    public static FewShot Choose(
        string shotsPath,
        int count,
        string? choose,
        long seed,
        Lazy<ConversationRenderer> chat
    )
    {
        var examples = ExampleFile.Read(shotsPath).ToList();
        return new FewShot(ShotChoice.Of(choose, examples, count, seed), examples, chat);
    }

    private static JsonArray Conversation(IReadOnlyList<Example> examples, ChatExample chat)
    {
        var own = chat.Messages.Take(chat.Messages.Count - 1).ToList();
        var system = own.TakeWhile(IsSystem).ToList();
        var shots = examples.SelectMany(e => e.Chat!.Messages.SkipWhile(IsSystem));
        return new([.. system.Concat(shots).Concat(own.Skip(system.Count)).Select(m => m?.DeepClone())]);
    }

    private static bool IsSystem(JsonNode? message) =>
        message is JsonObject fields && fields["role"] is JsonValue role && role.ToString() is "system" or "developer";
}
