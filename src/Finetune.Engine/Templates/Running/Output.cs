using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>A text being written, and the marks that lie in it.</summary>
internal sealed class Output(Marks marks, int most = int.MaxValue)
{
    private readonly StringBuilder _text = new();
    private readonly List<Mark> _marks = [];

    public int Length => _text.Length;

    public IReadOnlyList<Mark> Marked => _marks;

    public void Write(object value, bool escapes)
    {
        var text = escapes ? Markup.Escape(value).Text : Printing.Str(value);
        Meter.Allocate(text.Length);
        if (_text.Length + text.Length > most)
        {
            throw JinjaException.Limit($"more than {most} characters of output");
        }

        foreach (var mark in marks.In(text))
        {
            _marks.Add(mark with { Start = mark.Start + _text.Length, End = mark.End + _text.Length });
        }

        _text.Append(text);
    }

    /// <summary>The text, its marks remembered.</summary>
    public string Finish()
    {
        var text = _text.ToString();
        marks.Remember(text, _marks);
        return text;
    }
}
