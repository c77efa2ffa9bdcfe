namespace Finetune.Graph.Documents;

/// <summary>What to do about the mistakes that YAML's own messages leave unexplained.</summary>
internal static class YamlCures
{
    /// <summary>A cure for a parser's or scanner's message.</summary>
    public static string For(string message)
    {
        if (message.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase))
        {
            return "close the quote; inside double quotes write a backslash as '\\\\'";
        }

        if (message.Contains("flow", StringComparison.OrdinalIgnoreCase))
        {
            return "close the bracket, and put commas between the items";
        }

        if (
            message.Contains("cannot start any token", StringComparison.OrdinalIgnoreCase)
            || message.Contains("invalid tab", StringComparison.OrdinalIgnoreCase)
        )
        {
            return "indent with spaces, and quote values that start with a special character";
        }

        return
            message.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase)
            || message.Contains("invalid mapping", StringComparison.OrdinalIgnoreCase)
            ? "quote a value that contains ': ', and indent keys of one object alike"
            : "check the indentation here and on the line above; quote values that hold ': ' or ' #'";
    }
}
