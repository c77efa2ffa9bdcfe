using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Makes examples with one template.</summary>
/// <param name="template">The template.</param>
/// <param name="choices">Its choices.</param>
/// <param name="any">A row in whose words the completions that all rows share are written; only the answer's place is
/// used.</param>
internal sealed class ExampleMaker(CompiledTemplate template, ChoiceSet choices, Row any)
{
    private Dictionary<string, string>? _shared;

    /// <summary>The template's name.</summary>
    public string Name => template.Settings.Name;

    /// <summary>How many choices all rows share; null where there are none.</summary>
    public int? SharedChoices => choices.Shared?.Count;

    /// <summary>The row in this template.</summary>
    /// <param name="row">The row.</param>
    /// <param name="split">The split it comes from, for errors.</param>
    /// <param name="pairs">Whether the worse completion is wanted too, where the template has one.</param>
    /// <exception cref="RowException">It cannot be made.</exception>
    public Example Make(Row row, string split, bool pairs)
    {
        var worded = template.Render(row);
        var reference = template.Reference(row, worded);
        var example = new Example(row.Number, Name, worded.Prompt, worded.Completion, reference, Chat: worded.Chat)
        {
            Rejected = pairs ? template.Rejected(row, worded) : null,
            Accept = split == "train" ? null : template.Accepted(row),
        };
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
            ChoiceCompletions =
                shared && template.SharesCompletions && IsShared(example) ? null : Completions(row, own),
        };
    }

    // A chat template may write the same answer in another way for this row.
    private bool IsShared(Example example)
    {
        if (example.Chat is null)
        {
            return true;
        }

        if (_shared is null)
        {
            var all = choices.Shared!;
            var completions = Completions(any, all);
            _shared = Enumerable.Range(0, all.Count).ToDictionary(i => all[i], i => completions[i]);
        }

        return string.Equals(_shared[example.Reference], example.Completion, StringComparison.Ordinal);
    }

    /// <summary>The choices that all rows share, as they are written down; null where there are none.</summary>
    /// <exception cref="RowException">Two choices cannot be told apart.</exception>
    public TemplateChoices? Shared()
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
