using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Goes through the rows of a split: row by row, templates in the order written.</summary>
internal sealed class RenderPass(StageContext context, FoundErrors errors, CancellationToken cancellationToken)
{
    private const int ProgressEvery = 10_000;

    /// <summary>Writes the examples of a split.</summary>
    /// <param name="input">The split's rows.</param>
    /// <param name="output">Where the examples go.</param>
    /// <param name="makers">The templates.</param>
    /// <param name="contradictions">Where examples are looked at, for training rows.</param>
    /// <param name="pairs">Whether worse completions are wanted too, where templates have them.</param>
    /// <returns>How many rows there were.</returns>
    public long Write(
        string input,
        string output,
        IReadOnlyList<ExampleMaker> makers,
        Contradictions? contradictions = null,
        bool pairs = false
    )
    {
        using var writer = ExampleFile.Create(context.Output(output));
        if (makers.Count == 0)
        {
            return 0;
        }

        long rows = 0;
        foreach (var row in RowFile.Read(context.Input(input)))
        {
            foreach (var maker in makers)
            {
                if (Made(maker, row, input, pairs) is { } example)
                {
                    writer.Write(example);
                    contradictions?.Add(example);
                }
            }

            if (++rows % ProgressEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                context.Progress.Report(new StageProgress($"rendering {output}", rows));
            }
        }

        return rows;
    }

    private Example? Made(ExampleMaker maker, Row row, string split, bool pairs)
    {
        try
        {
            return maker.Make(row, split, pairs);
        }
        catch (RowException e)
        {
            errors.Add(e.Error);
            return null;
        }
    }
}
