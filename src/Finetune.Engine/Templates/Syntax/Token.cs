namespace Finetune.Engine.Templates.Syntax;

/// <summary>A piece of a template.</summary>
/// <param name="Kind">data, name, string, number, begin, end, print, printed, eof, or an operator's own sign.</param>
/// <param name="Text">Its text: a name, data, or a literal's text.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="Number">A number literal's value.</param>
internal readonly record struct Token(string Kind, string Text, int Line, object? Number = null)
{
    public bool IsName(string name) => Kind == "name" && Text == name;

    public string Described =>
        Kind switch
        {
            "name" => Text,
            "data" => "template data / text",
            "begin" => "begin of statement block",
            "end" => "end of statement block",
            "print" => "begin of print statement",
            "printed" => "end of print statement",
            "eof" => "end of template",
            _ => Kind,
        };
}
