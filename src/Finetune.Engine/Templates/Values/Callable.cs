namespace Finetune.Engine.Templates.Values;

/// <summary>What a template can call.</summary>
internal abstract class Callable : INamedKind
{
    public virtual string Kind => "function";

    public abstract object Call(CallArguments arguments);
}

/// <summary>A function of Jinja's or a method of a value.</summary>
/// <param name="signature">The names of its arguments; see <see cref="Signature"/>.</param>
/// <param name="run">What it does with them.</param>
internal sealed class Function(Signature signature, Func<Bound, object> run) : Callable
{
    public override object Call(CallArguments arguments) => run(signature.Bind(arguments));

    public override string ToString() => $"<function {signature.Name}>";
}

/// <summary>Arguments as they are written in a call.</summary>
internal sealed record CallArguments(
    IReadOnlyList<object> Positional,
    IReadOnlyList<KeyValuePair<string, object>> Named
)
{
    public static readonly CallArguments None = new([], []);

    public static CallArguments Of(params object[] positional) => new(positional, []);
}
