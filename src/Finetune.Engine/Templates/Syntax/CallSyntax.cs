using Finetune.Engine.Templates.Running;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>What stands between a call's parentheses.</summary>
internal sealed record CallSyntax(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Named,
    Expression? More,
    Expression? MoreNamed
)
{
    public static readonly CallSyntax None = new([], [], null, null);

    /// <param name="frame">Where it is evaluated.</param>
    /// <param name="first">What a filter or test is applied to.</param>
    public CallArguments Evaluate(Frame frame, params ReadOnlySpan<object> first)
    {
        List<object> positional = [.. first];
        positional.AddRange(Positional.Select(one => one.Evaluate(frame)));
        var named = Named.Select(one => KeyValuePair.Create(one.Name, one.Value.Evaluate(frame))).ToList();
        if (More is not null)
        {
            positional.AddRange(PyList.Of(Iteration.Over(More.Evaluate(frame))).Items);
        }

        if (MoreNamed is not null)
        {
            var dict =
                MoreNamed.Evaluate(frame) as PyDict ?? throw JinjaException.Type("argument after ** must be a mapping");
            named.AddRange(
                dict.Pairs.Select(pair =>
                    KeyValuePair.Create(
                        Kinds.Text(pair.Key) ?? throw JinjaException.Type("keywords must be strings"),
                        pair.Value
                    )
                )
            );
        }

        return new CallArguments(positional, named);
    }
}
