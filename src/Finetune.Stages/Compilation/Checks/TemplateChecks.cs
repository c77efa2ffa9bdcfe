using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Templates;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>A template and what its texts read of a row; null where they have faults.</summary>
internal sealed record CheckedTemplate(string Name, TemplateSection Section, TextUse? Prompt, TextUse? Completion);

/// <summary>Templates: syntax, columns, answers and choices.</summary>
internal static class TemplateChecks
{
    private static readonly string[] AnswerKeys = ["answer", "accept", "choices"];

    /// <summary>Every template, by name, in document order.</summary>
    /// <param name="context">The document.</param>
    /// <param name="ofSplits">The columns of the splits' rows.</param>
    /// <param name="ofGeneral">The columns of general questions.</param>
    public static IReadOnlyDictionary<string, CheckedTemplate> Check(
        CheckContext context,
        Columns ofSplits,
        Columns ofGeneral
    )
    {
        var use = TemplateUse.Of(context.Settings);
        var templates = new OrderedDictionary<string, CheckedTemplate>(StringComparer.Ordinal);
        foreach (var (name, section) in context.Settings.Templates)
        {
            var path = $"templates.{name}";
            var columns =
                IsUnsure(context, name) ? new Columns([])
                : !use.General.Contains(name, StringComparer.Ordinal) ? ofSplits
                : !use.All.Contains(name, StringComparer.Ordinal) ? ofGeneral
                : new Columns([.. ofSplits.Tables, .. ofGeneral.Tables]);
            templates[name] = section switch
            {
                ChatTemplateSection { Messages.Column: { } column } chat => OfColumn(
                    context,
                    name,
                    chat,
                    column,
                    columns
                ),
                ChatTemplateSection { Messages.List: var messages, Rejected: var rejected } => OfTexts(
                    context,
                    name,
                    section,
                    [.. (messages ?? []).Select((m, i) => ($"{path}.messages[{i}].content", m.Content))],
                    rejected,
                    columns
                ),
                PairTemplateSection pair => OfTexts(
                    context,
                    name,
                    section,
                    [($"{path}.prompt", pair.Prompt), ($"{path}.completion", pair.Completion)],
                    pair.Rejected,
                    columns
                ),
                _ => new CheckedTemplate(name, section, null, null),
            };
        }

        return templates;
    }

    // Where the general questions have a fault, a template that no other list names may have been meant for them.
    private static bool IsUnsure(CheckContext context, string name) =>
        context.Findings.HasErrorAt("evaluation.general")
        && context.Settings.Evaluation?.Templates?.Contains(name, StringComparer.Ordinal) != true
        && !context.Settings.Training.Any(t => t.Templates?.Contains(name, StringComparer.Ordinal) == true);

    // The last text is the completion, those before it are the prompt.
    private static CheckedTemplate OfTexts(
        CheckContext context,
        string name,
        TemplateSection section,
        List<(string Path, string Text)> texts,
        string? rejected,
        Columns columns
    )
    {
        if (rejected is not null)
        {
            Parse(context, $"templates.{name}.rejected", rejected, columns);
        }

        var parsed = texts.ConvertAll(t => Parse(context, t.Path, t.Text, columns));
        var prompts = parsed.Take(parsed.Count - 1).ToList();
        var template = new CheckedTemplate(
            name,
            section,
            prompts.Count == 0 || prompts.Contains(null) ? null : TextUse.Of(prompts!),
            parsed.Count == 0 || parsed[^1] is null ? null : TextUse.Of([parsed[^1]!])
        );
        var places = texts.ConvertAll(t => t.Path);
        CheckAnswer(context, template, places.Count > 0 ? places[^1] : "", places, columns);
        return template;
    }

    private static CheckedTemplate OfColumn(
        CheckContext context,
        string name,
        ChatTemplateSection section,
        string column,
        Columns columns
    )
    {
        var path = $"templates.{name}";
        ColumnChecks.Exists(context, columns, $"{path}.messages.column", column);
        ColumnChecks.Exists(context, columns, $"{path}.messages.tools", section.Messages.Tools);
        ColumnChecks.Exists(context, columns, $"{path}.messages.rejected", section.Messages.Rejected);
        if (section.Rejected is not null)
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.rejected",
                "'rejected' has no meaning where each row is a conversation of its own",
                "name the column with the worse conversation: messages: { column: ..., rejected: COLUMN }"
            );
        }

        foreach (var key in AnswerKeys.Where(k => context.Places.Has($"{path}.{k}")))
        {
            context.AtKey(
                Codes.Meaningless,
                $"{path}.{key}",
                $"'{key}' has no meaning where each row is a conversation of its own",
                "leave it out, or write the messages out: messages: [{ role: user, content: ... }, ...]"
            );
        }

        IReadOnlyList<string> read = section.Messages.Tools is { } tools ? [column, tools] : [column];
        return new CheckedTemplate(name, section, new TextUse(read, false), new TextUse([column], false));
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
        CheckedTemplate template,
        string completion,
        List<string> texts,
        Columns columns
    )
    {
        var path = $"templates.{template.Name}";
        var section = template.Section;
        ColumnChecks.Exists(context, columns, $"{path}.choices.column", section.Choices?.Column);
        ColumnChecks.Exists(context, columns, $"{path}.accept", section.Accept);
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

        if (section.Choices is not null && template.Completion?.Reads(section.Answer) == false)
        {
            context.AtValue(
                Codes.AnswerNotWritten,
                completion,
                $"the completion does not use the answer '{section.Answer}', so no choice can take its place",
                $"write {{{{ {section.Answer} }}}} in the completion"
            );
        }

        if (template.Prompt?.Columns.Contains(section.Answer, StringComparer.Ordinal) == true)
        {
            var prompt = section is ChatTemplateSection ? $"{path}.messages" : texts[0];
            context.Findings.Warn(
                Codes.AnswerNotWritten,
                context.Places.Value(prompt),
                prompt,
                $"the prompt shows the answer '{section.Answer}'",
                "leave it out of the prompt, or the test measures nothing"
            );
        }
    }
}
