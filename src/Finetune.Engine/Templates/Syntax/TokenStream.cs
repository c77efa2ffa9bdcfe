namespace Finetune.Engine.Templates.Syntax;

/// <summary>Tokens, one at a time.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _at;

    public Token Current => tokens[_at];

    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public bool Is(string kind) => Current.Kind == kind;

    public bool IsAny(params ReadOnlySpan<string> kinds) => kinds.Contains(Current.Kind);

    public bool IsName(string name) => Current.IsName(name);

    public Token Next()
    {
        var token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    public bool Skip(string kind) => Is(kind) && Next().Kind is not null;

    public bool SkipName(string name) => IsName(name) && Next().Kind is not null;

    public Token Expect(string kind) => Is(kind) ? Next() : throw Wanted(kind);

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Wanted(name);
        }
    }

    public JinjaException Fail(string message, int? line = null) =>
        new("TemplateSyntaxError", message, line ?? Current.Line);

    private JinjaException Wanted(string what) =>
        Is("eof")
            ? Fail($"unexpected end of template, expected '{new Token(what, what, 0).Described}'.")
            : Fail($"expected token '{new Token(what, what, 0).Described}', got '{Current.Described}'");
}
