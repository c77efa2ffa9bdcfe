using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>A template and its parsed texts; null where they have faults.</summary>
internal sealed record CheckedTemplate(
    string Name,
    TemplateSection Section,
    RowTemplate? Prompt,
    RowTemplate? Completion
);

/// <summary>Templates: syntax, columns, answers and choices.</summary>
internal static class TemplateChecks
{
    /// <summary>Every template, by name, in document order.</summary>
    public static IReadOnlyDictionary<string, CheckedTemplate> Check(CheckContext context, Columns columns)
    {
        var templates = new OrderedDictionary<string, CheckedTemplate>(StringComparer.Ordinal);
        foreach (var (name, section) in context.Settings.Templates)
        {
            var path = $"templates.{name}";
            var prompt = Parse(context, $"{path}.prompt", section.Prompt, columns);
            var completion = Parse(context, $"{path}.completion", section.Completion, columns);
            CheckAnswer(context, path, section, prompt, completion, columns);
            templates[name] = new CheckedTemplate(name, section, prompt, completion);
        }

        return templates;
    }

    private static RowTemplate? Parse(CheckContext context, string path, string text, Columns columns)
    {
        if (context.Places.Node(path) is not ScalarNode { Value: string } scalar)
        {
            return null;
        }

        try
        {
            var template = RowTemplate.Parse(text);
            foreach (var use in template.Uses)
            {
                if (columns.Lacking(use.Name) is { } table)
                {
                    context.Findings.Add(
                        Codes.TemplateColumn,
                        TemplatePlaces.Of(context.Document.Text, scalar, use.Line, use.Column, use.Length),
                        path,
                        $"the template uses the column '{use.Name}', which the source '{table.Name}' lacks",
                        Words.Suggest(use.Name, table.Columns!, "its columns")
                    );
                }
            }

            return template;
        }
        catch (TemplateException e)
        {
            foreach (var error in e.Errors)
            {
                context.Findings.Add(
                    Codes.TemplateSyntax,
                    TemplatePlaces.Of(context.Document.Text, scalar, error.Line, error.Column, error.Length),
                    path,
                    error.Message,
                    error.Cure
                );
            }

            return null;
        }
    }

    private static void CheckAnswer(
        CheckContext context,
        string path,
        TemplateSection section,
        RowTemplate? prompt,
        RowTemplate? completion,
        Columns columns
    )
    {
        ColumnChecks.Exists(context, columns, $"{path}.choices.column", section.Choices?.Column);
        if (section.Answer is null)
        {
            if (section.Choices is not null && !context.Places.Has($"{path}.answer"))
            {
                context.AtKey(
                    Codes.AnswerMissing,
                    $"{path}.choices",
                    $"'{path}' has choices but no answer",
                    "name the column that is the answer: answer: COLUMN"
                );
            }

            return;
        }

        if (!ColumnChecks.Exists(context, columns, $"{path}.answer", section.Answer))
        {
            return;
        }

        if (section.Choices is not null && completion is not null && !Uses(completion, section.Answer))
        {
            context.AtValue(
                Codes.AnswerNotWritten,
                $"{path}.completion",
                $"the completion does not use the answer '{section.Answer}', so no choice can take its place",
                $"write {{{{ {section.Answer} }}}} in the completion"
            );
        }

        if (prompt is not null && prompt.Columns.Contains(section.Answer, StringComparer.Ordinal))
        {
            context.Findings.Warn(
                Codes.AnswerNotWritten,
                context.Places.Value($"{path}.prompt"),
                $"{path}.prompt",
                $"the prompt shows the answer '{section.Answer}'",
                "leave it out of the prompt, or the test measures nothing"
            );
        }
    }

    private static bool Uses(RowTemplate template, string column) =>
        template.UsesWholeRow || template.Columns.Contains(column, StringComparer.Ordinal);
}
