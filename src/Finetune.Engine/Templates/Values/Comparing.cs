namespace Finetune.Engine.Templates.Values;

/// <summary>Python's comparisons.</summary>
internal static class Comparing
{
    public static bool Holds(string sign, object a, object b) =>
        sign switch
        {
            "==" => KeyComparer.Same(a, b),
            "!=" => !KeyComparer.Same(a, b),
            "in" => Iteration.Contains(b, a),
            "not in" => !Iteration.Contains(b, a),
            "<" => Ordering.Compare(a, b, sign) < 0,
            "<=" => Ordering.Compare(a, b, sign) <= 0,
            ">" => Ordering.Compare(a, b, sign) > 0,
            _ => Ordering.Compare(a, b, sign) >= 0,
        };
}
