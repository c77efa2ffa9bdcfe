using System.Text.Json;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Chat;

/// <summary>Messages as Transformers hands them to a template.</summary>
internal static class Conversation
{
    private static readonly string[] Reasoning = ["reasoning_content", "reasoning", "thinking"];

    /// <summary>The messages, null values dropped and reasoning under the names that templates read.</summary>
    public static PyList Of(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            throw JinjaException.Value(
                messages.ValueKind == JsonValueKind.Array
                    ? "Cannot apply chat template to an empty conversation. Provide at least one message."
                    : "'messages' is not a list of messages"
            );
        }

        return new PyList([.. messages.EnumerateArray().Select(Message)]);
    }

    private static object Message(JsonElement message)
    {
        var value = JsonValues.Of(message);
        if (value is not PyDict read)
        {
            throw JinjaException.Value("a message is an object with a role and a content");
        }

        var kept = new PyDict();
        foreach (var (key, item) in read.Pairs.Where(pair => pair.Value is not None))
        {
            kept.Set(key, item);
        }

        foreach (var name in Reasoning)
        {
            if (kept.TryGet(name, out var reasoning))
            {
                Alias(kept, "reasoning_content", reasoning);
                Alias(kept, "thinking", reasoning);
                break;
            }
        }

        return kept;
    }

    private static void Alias(PyDict message, string name, object value)
    {
        if (!message.Has(name))
        {
            message.Set(name, value);
        }
    }
}
