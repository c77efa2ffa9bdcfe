using Finetune.Engine.Templates.Filters;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>
/// Names of filters and tests that do not exist, and names that macros read. An unknown filter in a branch fails only
/// when it is reached; anywhere else the template is refused.
/// </summary>
internal sealed class NameCheck
{
    private readonly List<(JinjaException Error, bool IsSure)> _unknown = [];
    private readonly Stack<HashSet<string>> _macros = new();

    public int Mark => _unknown.Count;

    public void Filter(Token name) => Note("filter", name, FilterTable.Find(name.Text) is not null);

    public void Test(Token name) => Note("test", name, TestTable.Find(name.Text) is not null);

    /// <summary>What was noted since is reached only if a condition holds.</summary>
    public void Forgive(int mark)
    {
        for (var at = _unknown.Count - 1; at >= mark; at--)
        {
            if (!_unknown[at].IsSure)
            {
                _unknown.RemoveAt(at);
            }
        }
    }

    /// <summary>What was noted since is in a part that Jinja checks on its own.</summary>
    public void Insist(int mark)
    {
        for (var at = mark; at < _unknown.Count; at++)
        {
            _unknown[at] = (_unknown[at].Error, true);
        }
    }

    public void Finish()
    {
        if (_unknown.Count > 0)
        {
            throw _unknown[0].Error;
        }
    }

    public void EnterMacro() => _macros.Push(new HashSet<string>(StringComparer.Ordinal));

    public IReadOnlySet<string> LeaveMacro() => _macros.Pop();

    public void Read(string name)
    {
        if (name is "caller" or "varargs" or "kwargs")
        {
            foreach (var macro in _macros)
            {
                macro.Add(name);
            }
        }
    }

    private void Note(string what, Token name, bool isKnown)
    {
        if (!isKnown)
        {
            _unknown.Add(
                (new JinjaException("TemplateAssertionError", $"No {what} named '{name.Text}'.", name.Line), false)
            );
        }
    }
}
