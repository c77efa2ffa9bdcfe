using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads a template.</summary>
internal static class TemplateBinder
{
    /// <summary>The template; without texts after a fault.</summary>
    public static TemplateSection Bind(ObjectReader reader) =>
        new()
        {
            Prompt = reader.Need("prompt")?.Text(mayBeEmpty: true) ?? "",
            Completion = reader.NeedText("completion"),
            Answer = reader.Text("answer"),
            Choices = Choices(reader.Find("choices")),
        };

    private static ChoicesSection? Choices(ValueReader? value)
    {
        switch (value?.Node)
        {
            case null:
                return null;
            case ScalarNode { Value: string word }:
                value.KnownWord(word, ["distinct"]);
                return new ChoicesSection(Distinct: true, null, null);
            case SequenceNode:
                return new ChoicesSection(Distinct: false, List(value), null);
            case MappingNode:
                var column = value.Object(value.Node.Span).Closed(o => o.NeedText("column"));
                return new ChoicesSection(Distinct: false, null, column ?? "");
            default:
                value.WrongShape("distinct", "a list of choices", "{ column: NAME }");
                return null;
        }
    }

    private static List<string> List(ValueReader value)
    {
        var choices = new List<string>();
        foreach (var item in value.Items() ?? [])
        {
            if (item.Text() is not { } choice)
            {
                continue;
            }

            if (choices.Contains(choice, StringComparer.Ordinal))
            {
                value.Findings.Add(Codes.Repeated, item.Node.Span, item.Path, $"the choice '{choice}' is there twice");
            }

            choices.Add(choice);
        }

        if (((SequenceNode)value.Node).Items.Count < 2)
        {
            value.Findings.Add(Codes.Empty, value.Node.Span, value.Path, "there must be two choices at least");
        }

        return choices;
    }
}
