using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>replace.</summary>
internal static class Replacing
{
    public static string Replace(string text, string old, string with, int most)
    {
        Meter.Look(text.Length);
        var made = new StringBuilder();
        var at = 0;
        var last = old.Length == 0 ? text.Length + 1 : text.Length;
        for (var count = 0; most < 0 || count < most; count++)
        {
            var found =
                old.Length == 0 ? (at < last ? at : -1)
                : at < last ? text.IndexOf(old, at, StringComparison.Ordinal)
                : -1;
            if (found < 0)
            {
                break;
            }

            Meter.Allocate(found - at + with.Length);
            made.Append(text, at, found - at).Append(with);
            at = found + old.Length;
            if (old.Length == 0)
            {
                var size = at < text.Length ? Points.Size(text, at) : 1;
                made.Append(text, at, Math.Min(size, text.Length - at));
                at += size;
            }
        }

        return at < text.Length ? made.Append(text, at, text.Length - at).ToString() : made.ToString();
    }
}
