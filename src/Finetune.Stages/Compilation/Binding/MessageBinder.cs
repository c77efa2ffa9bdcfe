using System.Text.Json.Nodes;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads the messages of a template.</summary>
internal static class MessageBinder
{
    /// <summary>The messages; none after a fault.</summary>
    public static MessagesRule Bind(ValueReader? value)
    {
        switch (value?.Node)
        {
            case SequenceNode:
                return new MessagesRule(List(value), null, null);
            case MappingNode:
                return value
                        .Object(value.Node.Span)
                        .Closed(o => new MessagesRule(null, o.NeedText("column"), o.Text("tools"), o.Text("rejected")))
                    ?? new MessagesRule([], null, null);
            case null:
                break;
            default:
                value.WrongShape("a list of { role: ..., content: ... }", "{ column: NAME }");
                break;
        }

        return new MessagesRule([], null, null);
    }

    /// <summary>Variables of the chat template.</summary>
    public static ChatVariables? Variables(ObjectReader? reader)
    {
        if (reader is null)
        {
            return null;
        }

        var values = new JsonObject();
        foreach (var (name, _, value) in reader.Entries())
        {
            values[name] = (value.Node as ScalarNode)?.Value switch
            {
                string text => text,
                bool flag => flag,
                long whole => whole,
                double number => number,
                _ => Wrong(value),
            };
        }

        return new ChatVariables(values);
    }

    private static List<MessageSection> List(ValueReader value)
    {
        var messages = new List<MessageSection>();
        foreach (var item in value.Items() ?? [])
        {
            var message = item.Object(item.Node.Span)
                .Closed(o => new MessageSection
                {
                    Role = o.Need("role")?.Word("system", "user", "assistant") ?? "",
                    Content = o.NeedText("content"),
                });
            messages.Add(message ?? new MessageSection { Role = "", Content = "" });
        }

        if (messages.Count > 0 && messages[^1].Role is not ("" or "assistant"))
        {
            value.Findings.Add(
                Codes.Conversation,
                ((SequenceNode)value.Node).Items[^1].Span,
                $"{value.Path}[{messages.Count - 1}]",
                "the last message is not the assistant's: there is nothing to learn",
                "end with { role: assistant, content: ... }"
            );
        }
        else if (messages.Count < 2)
        {
            value.Findings.Add(
                Codes.Conversation,
                value.Node.Span,
                value.Path,
                "there must be a message before the assistant's",
                "begin with { role: user, content: ... }"
            );
        }

        return messages;
    }

    private static JsonValue? Wrong(ValueReader value)
    {
        value.Wrong("a text, a number, true or false");
        return null;
    }
}
