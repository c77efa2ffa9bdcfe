using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Makes examples with one template.</summary>
/// <param name="template">The template.</param>
/// <param name="choices">Its choices.</param>
internal sealed class ExampleMaker(CompiledTemplate template, ChoiceSet choices)
{
    /// <summary>The template's name.</summary>
    public string Name => template.Settings.Name;

    /// <summary>How many choices all rows share; null where there are none.</summary>
    public int? SharedChoices => choices.Shared?.Count;

    /// <summary>The row in this template.</summary>
    /// <param name="row">The row.</param>
    /// <param name="split">The split it comes from, for errors.</param>
    /// <exception cref="RowException">It cannot be made.</exception>
    public Example Make(Row row, string split)
    {
        var completion = template.Completion(row);
        var reference = template.Reference(row, completion);
        var example = new Example(row.Number, Name, template.Prompt(row), completion, reference);
        if (choices.IsFree)
        {
            return example;
        }

        var own = choices.For(template, row);
        if (!choices.Has(reference, own))
        {
            throw new RowException(NotAChoice(row, split, reference, own));
        }

        var shared = choices.Shared is not null;
        return example with
        {
            Choices = shared ? null : own,
            ChoiceCompletions = shared && template.SharesCompletions ? null : Completions(row, own),
        };
    }

    /// <summary>The choices that all rows share, as they are written down; null where there are none.</summary>
    /// <param name="any">Any row; only its answer's place is used.</param>
    /// <exception cref="RowException">Two choices cannot be told apart.</exception>
    public TemplateChoices? Shared(Row any)
    {
        if (choices.Shared is not { } shared)
        {
            return null;
        }

        return new TemplateChoices(shared, template.SharesCompletions ? Completions(any, shared) : null);
    }

    private string[] Completions(Row row, IReadOnlyList<string> own)
    {
        var completions = own.Select(c => template.Completion(row, c)).ToArray();
        var firstWith = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < completions.Length; i++)
        {
            if (!firstWith.TryAdd(completions[i], i))
            {
                throw new RowException(
                    template.Error(
                        RenderCodes.SameCompletion,
                        "completion",
                        row,
                        $"the choices '{own[firstWith[completions[i]]]}' and '{own[i]}' give the same completion",
                        "write the answer out in the completion, or take one of the choices out"
                    )
                );
            }
        }

        return completions;
    }

    private Diagnostic NotAChoice(Row row, string split, string reference, IReadOnlyList<string> own)
    {
        var nearest = NearestMatch.Of(reference, own);
        var cure = nearest is null ? "" : $"did you mean '{nearest}'? ";
        return template.Error(
            RenderCodes.NotAChoice,
            "choices",
            row,
            $"the answer '{reference}' of this {split} row is not among the {own.Count} choices",
            cure
                + (
                    template.Settings.Choices!.Distinct
                        ? "choices are the answers of the training rows: 'splits.stratify' spreads rare ones, a list names them all"
                        : "add it to the choices, or mend the row"
                )
        );
    }
}
