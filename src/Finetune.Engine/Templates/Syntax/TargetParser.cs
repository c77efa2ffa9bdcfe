namespace Finetune.Engine.Templates.Syntax;

/// <summary>What an assignment, a loop or a with block sets.</summary>
internal sealed class TargetParser(TokenStream tokens)
{
    private static readonly string[] Constants = ["true", "false", "none", "True", "False", "None"];

    public string Name()
    {
        var token = tokens.Expect("name");
        return Constants.Contains(token.Text)
            ? throw tokens.Fail($"can't assign to '{token.Text}'", token.Line)
            : token.Text;
    }

    public Target Several(bool withNamespace = false, bool isInLoop = false)
    {
        var parts = new List<Target>();
        var isTuple = false;
        while (true)
        {
            if (tokens.IsAny("end", "printed", ")", "=") || (isInLoop && tokens.IsName("in")))
            {
                break;
            }

            parts.Add(One(withNamespace));
            if (!tokens.Skip(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new Target(parts)
            : parts.Count == 1 ? parts[0]
            : throw tokens.Fail($"Expected an expression, got '{tokens.Current.Described}'");
    }

    private Target One(bool withNamespace)
    {
        Values.Meter.EnsureStack();
        if (tokens.Skip("("))
        {
            var inner = Several(withNamespace);
            tokens.Expect(")");
            return inner;
        }

        if (!tokens.Is("name"))
        {
            throw tokens.Fail($"can't assign to '{tokens.Current.Described}'");
        }

        var name = Name();
        return new Target(name, withNamespace && tokens.Skip(".") ? tokens.Expect("name").Text : null);
    }
}
