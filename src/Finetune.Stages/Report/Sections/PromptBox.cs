using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>A prompt in a box of limited height.</summary>
internal static class PromptBox
{
    // What fits on a phone; a box that scrolls must be reached by keyboard, one that does not is no stop on the way.
    private const int Lines = 8;
    private const int LineLength = 30;

    public static Markup Write(string prompt)
    {
        var lines = prompt.Split('\n').Sum(line => 1 + line.Length / LineLength);
        return lines <= Lines
            ? Markup.Of($"""<pre class="prompt" dir="auto">{prompt}</pre>""")
            : Markup.Of($"""<pre class="prompt" dir="auto" tabindex="0">{prompt}</pre>""");
    }
}
