using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads a template.</summary>
internal static class TemplateBinder
{
    private static readonly string[] PairKeys = ["prompt", "completion"];

    /// <summary>The template; without texts after a fault.</summary>
    public static TemplateSection Bind(ObjectReader reader)
    {
        if (!reader.Has("messages"))
        {
            return new PairTemplateSection
            {
                Prompt = reader.Need("prompt")?.Text(mayBeEmpty: true) ?? "",
                Completion = reader.NeedText("completion"),
                Rejected = reader.Text("rejected"),
                Answer = reader.Text("answer"),
                Accept = reader.Text("accept"),
                Choices = Choices(reader.Find("choices")),
            };
        }

        foreach (var key in PairKeys.Where(reader.Has))
        {
            reader.Find(key);
            reader.Findings.Add(
                Codes.Exclusive,
                reader.KeyPlace(key),
                reader.PathOf(key),
                $"a template with messages has no {key} of its own",
                "write either messages, or a prompt and a completion"
            );
        }

        return new ChatTemplateSection
        {
            Messages = MessageBinder.Bind(reader.Find("messages")),
            Rejected = reader.Text("rejected"),
            Loss = reader.Find("loss")?.Word("last", "all"),
            Kwargs = MessageBinder.Variables(reader.Object("kwargs")),
            Answer = reader.Text("answer"),
            Accept = reader.Text("accept"),
            Choices = Choices(reader.Find("choices")),
        };
    }

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
