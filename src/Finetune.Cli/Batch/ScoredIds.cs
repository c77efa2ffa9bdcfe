using Finetune.Engine.Training;

namespace Finetune.Cli.Batch;

/// <summary>Rows of <c>input_ids</c> and <c>labels</c>; -100 is not scored.</summary>
internal static class ScoredIds
{
    private const int NotScored = -100;

    /// <summary>Of a decoder alone, a label stands at its own token's place. Beside an encoder, which reads the ids, the
    /// labels are what the decoder writes.</summary>
    /// <exception cref="RowException">They do not fit the model or each other.</exception>
    public static TrainingExample Read(LoadedModel model, InputRow row)
    {
        var ids = model.Fitting(row.Ids("input_ids"));
        var labels = row.Ids("labels");
        return model.Model.Shape.DecoderStart is { } start ? Beside(model, ids, start, labels) : Alone(ids, labels);
    }

    private static TrainingExample Alone(int[] ids, int[] labels)
    {
        if (labels.Length != ids.Length)
        {
            throw new RowException("FT3023", $"{ids.Length} input_ids and {labels.Length} labels", "one label an id");
        }

        for (var i = 0; i < ids.Length; i++)
        {
            if (labels[i] != NotScored && labels[i] != ids[i])
            {
                throw new RowException(
                    "FT3023",
                    $"labels[{i}] is {labels[i]}, input_ids[{i}] is {ids[i]}",
                    "a label stands at its own token's place: that id, or -100"
                );
            }
        }

        // Nothing stands before the first token that could predict it.
        return new(ids, [.. labels.Select((label, i) => i > 0 && label != NotScored)]);
    }

    // The decoder reads its start and the labels, padding where nothing is scored; each place predicts its label.
    private static TrainingExample Beside(LoadedModel model, int[] source, int start, int[] labels)
    {
        if (source.Length == 0)
        {
            throw new RowException("FT3024", "nothing for the encoder to read: no token", "give at least one");
        }

        var padding = model.Model.Shape.PadId ?? start;
        var written = model.Fitting([.. labels.Select(label => label == NotScored ? padding : label)]);
        return new([start, .. written], [false, .. labels.Select(label => label != NotScored)]) { Source = source };
    }
}
