namespace Finetune.Engine.Templates.Running;

/// <summary>Marks of texts that were joined.</summary>
internal static class Joining
{
    public static void Remember(Marks marks, string joined, ReadOnlySpan<string> parts)
    {
        List<Mark>? all = null;
        var at = 0;
        foreach (var part in parts)
        {
            foreach (var mark in marks.In(part))
            {
                (all ??= []).Add(mark with { Start = mark.Start + at, End = mark.End + at });
            }

            at += part.Length;
        }

        if (all is not null)
        {
            marks.Remember(joined, all);
        }
    }
}
