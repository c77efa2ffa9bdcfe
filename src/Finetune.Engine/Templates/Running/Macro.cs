using Finetune.Engine.Templates.Syntax;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>A macro with the names around it.</summary>
internal sealed class Macro(MacroSyntax syntax, Frame around) : Callable, IMembers
{
    public override string Kind => "Macro";

    public override object Call(CallArguments arguments)
    {
        var frame = around.Inner() with { Output = new Output(around.Rendering.Marks) };
        Bind(frame, arguments);
        syntax.Body.Run(frame);
        var text = frame.Output.Finish();
        return around.Escapes ? new Markup(text) : text;
    }

    public object? Member(string name) =>
        name switch
        {
            "name" => syntax.Name,
            "arguments" => new PyTuple([.. syntax.Arguments.Select(argument => argument.Name)]),
            "catch_kwargs" => syntax.Uses.Contains("kwargs"),
            "catch_varargs" => syntax.Uses.Contains("varargs"),
            "caller" => syntax.Uses.Contains("caller"),
            _ => null,
        };

    public override string ToString() => $"<Macro {Quoting.Repr(syntax.Name)}>";

    private void Bind(Frame frame, CallArguments call)
    {
        var named = call.Named.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var count = syntax.Arguments.Count;
        for (var at = 0; at < count; at++)
        {
            var (name, absent) = syntax.Arguments[at];
            object? value = at < call.Positional.Count ? call.Positional[at] : null;
            if (value is null && named.Remove(name, out var given))
            {
                value = given;
            }

            frame.Scope.Set(
                name,
                value ?? absent?.Evaluate(frame) ?? Undefined.Hint($"parameter '{name}' was not provided")
            );
        }

        if (syntax.Uses.Contains("caller") && !syntax.Arguments.Any(argument => argument.Name == "caller"))
        {
            frame.Scope.Set(
                "caller",
                named.Remove("caller", out var caller) && caller is not None
                    ? caller
                    : Undefined.Hint("No caller defined")
            );
        }

        Rest(frame, call, named, count);
    }

    private void Rest(Frame frame, CallArguments call, Dictionary<string, object> named, int count)
    {
        if (syntax.Uses.Contains("kwargs"))
        {
            var rest = new PyDict();
            foreach (var (name, value) in call.Named.Where(pair => named.ContainsKey(pair.Key)))
            {
                rest.Set(name, value);
            }

            frame.Scope.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw JinjaException.Type(
                $"macro {Quoting.Repr(syntax.Name)} takes no keyword argument {Quoting.Repr(named.Keys.First())}"
            );
        }

        if (syntax.Uses.Contains("varargs"))
        {
            frame.Scope.Set("varargs", new PyTuple([.. call.Positional.Skip(count)]));
        }
        else if (call.Positional.Count > count)
        {
            throw JinjaException.Type($"macro {Quoting.Repr(syntax.Name)} takes not more than {count} argument(s)");
        }
    }
}
