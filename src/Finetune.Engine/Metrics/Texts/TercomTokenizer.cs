using System.Text;

namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// Tercom's normalisation (Snover and others 2006; Normalizer.java) as sacreBLEU 2.6 has it (tokenizer_ter.py). Its rules
/// for runs of kana are anchored to the start of a text that starts with a blank, so that they never act; they are left
/// out.
/// </summary>
internal static class TercomTokenizer
{
    /// <summary>The words of a text.</summary>
    public static List<string> Split(string text, TerOptions options)
    {
        text = PythonText.TrimEnd(text);
        text = options.CaseSensitive ? text : PythonText.Lower(text);
        if (text.Length > 0 && options.Normalized)
        {
            text = Western(text);
            text = options.AsianSupport ? Spaced(text) : text;
        }

        if (options.NoPunct)
        {
            text = string.Concat(
                text.Where(c =>
                    c is not ('.' or ',' or '?' or ':' or ';' or '!' or '"' or '(' or ')')
                    && !(options.AsianSupport && IsAsianPunctuation(c))
                )
            );
        }

        return PythonText.Split(text);
    }

    private static string Western(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ');
        text = WesternSplitting.Signs($" {WesternSplitting.Unescape(text)} ");
        return WesternSplitting.Numbers(text.Replace("'s ", " 's ", StringComparison.Ordinal));
    }

    private static string Spaced(string text)
    {
        var spaced = new StringBuilder(text.Length * 3);
        foreach (var c in text)
        {
            spaced.Append(IsAsianPunctuation(c) || IsAlone(c) ? $" {c} " : c.ToString());
        }

        return spaced.ToString();
    }

    // 3F22 where 32FF was meant, as sacreBLEU has it.
    private static bool IsAlone(char c) =>
        c
            is >= '\u4E00'
                and <= '\u9FFF'
                or >= '\u3400'
                and <= '\u4DBF'
                or >= '\u31C0'
                and <= '\u31EF'
                or >= '\u2E80'
                and <= '\u2EFF'
                or >= '\uF900'
                and <= '\uFAFF'
                or >= '\uFE30'
                and <= '\uFE4F'
                or >= '\u3200'
                and <= '\u3F22';

    private static bool IsAsianPunctuation(char c) =>
        c
            is '\u3001'
                or '\u3002'
                or >= '\u3008'
                and <= '\u3011'
                or >= '\u3014'
                and <= '\u301F'
                or >= '\uFF61'
                and <= '\uFF65'
                or '\u30FB'
                or '\uFF0E'
                or '\uFF0C'
                or '\uFF1F'
                or '\uFF1A'
                or '\uFF1B'
                or '\uFF01'
                or '\uFF02'
                or '\uFF08'
                or '\uFF09';
}
