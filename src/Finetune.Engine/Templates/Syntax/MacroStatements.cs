using Finetune.Engine.Templates.Running;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>A macro as it is written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Names, and values where they have one of their own.</param>
/// <param name="Body">What it writes.</param>
/// <param name="Uses">Which of caller, varargs and kwargs it reads.</param>
internal sealed record MacroSyntax(
    string Name,
    IReadOnlyList<(string Name, Expression? Default)> Arguments,
    Body Body,
    IReadOnlySet<string> Uses
);

internal sealed class MacroStatement(MacroSyntax macro, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        frame.Scope.Set(macro.Name, new Macro(macro, frame));
        return Flow.Next;
    }
}

internal sealed class CallBlockStatement(CallExpression call, MacroSyntax caller, int line) : Statement(line)
{
    protected override Flow Do(Frame frame)
    {
        frame.Output.Write(call.Invoke(frame, new Macro(caller, frame)), frame.Escapes);
        return Flow.Next;
    }
}

internal sealed class BlockStatement(string name, bool isScoped, Body body, int line) : Statement(line)
{
    public string Name => name;

    public string Text(Rendering rendering) =>
        (string)body.Text(rendering.Top(new Output(rendering.Marks), escapes: false));

    protected override Flow Do(Frame frame)
    {
        body.Run(isScoped ? frame.Inner() : frame.Rendering.Top(frame.Output, frame.Escapes));
        return Flow.Next;
    }
}
