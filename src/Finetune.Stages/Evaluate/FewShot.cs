using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Evaluate;

/// <summary>The examples that stand in a few-shot prompt: one seeded set of training rows, the same for every test
/// row, in the test row's template, completions included. In a conversation they are earlier turns, behind what the
/// system says.</summary>
public sealed class FewShot
{
    private readonly IReadOnlyDictionary<string, Example[]> _examples;
    private readonly Lazy<ConversationRenderer> _chat;

    private FewShot(
        IReadOnlyList<long> rows,
        IReadOnlyDictionary<string, Example[]> examples,
        Lazy<ConversationRenderer> chat
    )
    {
        Rows = rows;
        _examples = examples;
        _chat = chat;
    }

    /// <summary>Numbers of the chosen rows, in the order in which they stand in the prompt.</summary>
    public IReadOnlyList<long> Rows { get; }

    /// <summary>The prompt of an example with the chosen ones before it.</summary>
    /// <exception cref="JinjaException">The chat template refuses so many turns.</exception>
    public string Prompt(Example example) =>
        example.Chat is { } chat
            ? _chat.Value.Prompt(ChatRequests.Of(Conversation(example.Template, chat), chat.Tools, chat.Kwargs))
            : string.Concat(_examples[example.Template].Select(e => $"{e.Prompt}{e.Completion}\n\n")) + example.Prompt;

    /// <summary>
    /// Chooses the rows whose SHA-256 of seed and number is lowest, so that a row more in the file rarely changes the
    /// set.
    /// </summary>
    /// <param name="shotsPath">Training rows, rendered in the evaluation's templates.</param>
    /// <param name="count">How many; fewer where there are fewer rows.</param>
    /// <param name="seed">The document's seed.</param>
    /// <param name="chat">The model's chat template; asked for only where there are messages.</param>
    public static FewShot Choose(string shotsPath, int count, long seed, Lazy<ConversationRenderer> chat)
    {
        var examples = ExampleFile.Read(shotsPath).ToList();
        var chosen = examples
            .Select(e => e.Row)
            .Distinct()
            .OrderBy(row => Rank(seed, row), StringComparer.Ordinal)
            .Take(count)
            .ToList();
        var byTemplate = examples
            .GroupBy(e => e.Template, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group =>
                {
                    var byRow = group.ToDictionary(e => e.Row);
                    return chosen.Select(row => byRow[row]).ToArray();
                },
                StringComparer.Ordinal
            );
        return new FewShot(chosen, byTemplate, chat);
    }

    private JsonArray Conversation(string template, ChatExample chat)
    {
        var own = chat.Messages.Take(chat.Messages.Count - 1).ToList();
        var system = own.TakeWhile(IsSystem).ToList();
        var shots = _examples[template].SelectMany(e => e.Chat!.Messages.SkipWhile(IsSystem));
        return new([.. system.Concat(shots).Concat(own.Skip(system.Count)).Select(m => m?.DeepClone())]);
    }

    private static bool IsSystem(JsonNode? message) =>
        message is JsonObject fields && fields["role"] is JsonValue role && role.ToString() is "system" or "developer";

    private static string Rank(long seed, long row) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{row}")))
        );
}
