using Finetune.Engine.Templates.Syntax;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>One render of a template.</summary>
internal sealed class Rendering(IReadOnlyDictionary<string, object> variables, Globals globals, TemplateLimits limits)
{
    private readonly Scope _top = new(null);

    public Marks Marks { get; } = new();

    public int OutputLength => Root?.Length ?? 0;

    public Output? Root { get; private set; }

    public Dictionary<string, BlockStatement> Blocks { get; } = new(StringComparer.Ordinal);

    public object Name(string name) =>
        variables.TryGetValue(name, out var value) ? value
        : name == "self" ? new BlockReferences(this)
        : globals.Find(name) ?? Undefined.Name(name);

    public Frame Top(Output output, bool escapes) => new(this, new Scope(_top), output, escapes);

    public (string Text, IReadOnlyList<(int Start, int End)> Spans) Run(Body body)
    {
        Root = new Output(Marks, limits.Output);
        body.Run(new Frame(this, _top, Root));
        var text = Root.Finish();
        return (text, Marks.Landed(Root.Marked, text.Length));
    }
}
