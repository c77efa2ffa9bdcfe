using Scriban;
using Scriban.Functions;
using Scriban.Runtime;

namespace Finetune.Stages.Templates;

/// <summary>What a template may call: Scriban's functions that depend on their arguments alone.</summary>
internal static class TemplateSandbox
{
    /// <summary>The longest that one row may take; only templates that can loop are timed.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    private const int LoopLimit = 10_000;
    private const int RecursiveLimit = 50;
    private const int OutputLimit = 1 << 20;

    /// <summary>Group to function names, such as <c>string</c> to <c>upcase</c>.</summary>
    public static ScriptObject Functions { get; } = Build();

    /// <summary>A context with the functions and the limits, and nothing else.</summary>
    public static TemplateContext NewContext() =>
        new(Functions)
        {
            LoopLimit = LoopLimit,
            RecursiveLimit = RecursiveLimit,
            ObjectRecursionLimit = RecursiveLimit,
            LimitToString = OutputLimit,
            RegexTimeOut = TimeSpan.FromSeconds(1),
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            EnableRelaxedTargetAccess = false,
            EnableRelaxedIndexerAccess = false,
            EnableRelaxedFunctionAccess = false,
            AutoIndent = false,
            NewLine = "\n",
            TemplateLoader = null,
        };

    private static ScriptObject Build()
    {
        var source = new BuiltinFunctions();
        var functions = new ScriptObject();
        foreach (var group in new[] { "array", "html", "math", "object", "regex", "string" })
        {
            functions[group] = ((ScriptObject)source[group]!).Clone(deep: false);
        }

        functions["empty"] = source["empty"];
        functions["blank"] = source["blank"];
        Remove(functions, "math", "random", "uuid");
        Remove(functions, "object", "eval", "eval_template");
        functions.IsReadOnly = true;
        return functions;
    }

    private static void Remove(ScriptObject functions, string group, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            ((ScriptObject)functions[group]!).Remove(name);
        }
    }
}
