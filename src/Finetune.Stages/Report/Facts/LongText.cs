using System.Globalization;

namespace Finetune.Stages.Report.Facts;

/// <summary>Texts that are too long to show.</summary>
internal static class LongText
{
    /// <summary>The text, or its first third and its end: the end of a prompt is what the answer hangs on.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var head = longest / 3;
        var tail = text.Length - (longest - head);
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text[..head]} […{tail - head} characters…] {text[tail..]}"
        );
    }
}
