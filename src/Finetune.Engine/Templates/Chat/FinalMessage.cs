using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Chat;

/// <summary>Ends a rendered conversation within its last message: a tag is put there, and the text cut at it.</summary>
internal static class FinalMessage
{
    private const string Tag = "CONTINUE_FINAL_MESSAGE_TAG ";

    /// <summary>Puts the tag behind the last message's text, which it gives.</summary>
    public static string Mark(PyList messages)
    {
        var message = (PyDict)messages.Items[^1];
        if (message.TryGet("content", out var content))
        {
            if (Kinds.Text(content) is { } text)
            {
                message.Set("content", text + Tag);
                return text;
            }

            var block = content is PyList blocks
                ? blocks.Items.OfType<PyDict>().LastOrDefault(one => one.Has("text"))
                : null;
            if (block is not null && block.TryGet("text", out var inner) && Kinds.Text(inner) is { } last)
            {
                block.Set("text", last + Tag);
                return last;
            }
        }

        throw JinjaException.Value(
            "continue_final_message is set but we could not find any text to continue in the final message!"
        );
    }

    /// <summary>The text up to the tag.</summary>
    public static string Cut(string rendered, string final)
    {
        var at = rendered.LastIndexOf(Tag.Trim(), StringComparison.Ordinal);
        if (at < 0 || !rendered.Contains(final.Trim(), StringComparison.Ordinal))
        {
            throw JinjaException.Value(
                "continue_final_message is set but the final message does not appear in the chat after applying the "
                    + "chat template! This can happen if the chat template deletes portions of the final message."
            );
        }

        var isKept = string.CompareOrdinal(rendered, at, Tag, 0, Tag.Length) == 0;
        return isKept ? rendered[..at] : rendered[..at].TrimEnd();
    }
}
