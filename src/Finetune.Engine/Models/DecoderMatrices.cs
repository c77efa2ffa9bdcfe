using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Models;

/// <summary>A matrix of a model.</summary>
/// <param name="Name">As in checkpoints, such as <c>model.layers.0.mlp.up_proj.weight</c>.</param>
/// <param name="Inputs">Width of what goes in; of an embedding, its rows.</param>
/// <param name="Outputs">Width of what comes out.</param>
/// <param name="IsLinear">Whether it is a linear layer of the stack: what adapters go on and what is quantised.</param>
public sealed record MatrixSize(string Name, int Inputs, int Outputs, bool IsLinear)
{
    /// <summary>Its values.</summary>
    public long Count => (long)Inputs * Outputs;
}

/// <summary>All matrices of a decoder, from its shape alone: no tensor is made. Norms and biases are left out.</summary>
public static class DecoderMatrices
{
    /// <summary>In the order of the model; a tied head is not counted again.</summary>
    /// <param name="options">The shape.</param>
    public static IReadOnlyList<MatrixSize> Of(DecoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (names, hidden) = (options.Names, options.HiddenSize);
        var found = new List<MatrixSize>();
        void Add(int inputs, int outputs, bool isLinear, params IEnumerable<string> path) =>
            found.Add(
                new MatrixSize(
                    string.Join('.', path.Append("weight").Where(part => part.Length > 0)),
                    inputs,
                    outputs,
                    isLinear
                )
            );
        Add(options.VocabularySize, hidden, false, names.Body, names.Embedding);
        if (names.Positions is { } positions)
        {
            Add(options.MaxPositions + options.PositionOffset, hidden, false, names.Body, positions);
        }

        for (var layer = 0; layer < options.Layers; layer++)
        {
            string[] at = [names.Body, names.Layers, $"{layer}"];
            foreach (var (name, inputs, outputs) in Attention(options))
            {
                Add(inputs, outputs, true, [.. at, names.Attention, name]);
            }

            if (options.Experts is { } experts && !experts.DenseLayers.Contains(layer))
            {
                Add(hidden, experts.Count, true, [.. at, names.Mlp, experts.Router]);
                for (var e = 0; e < experts.Count; e++)
                {
                    foreach (var (name, inputs, outputs) in FeedForward(experts.Names, hidden, experts.Width))
                    {
                        Add(inputs, outputs, true, [.. at, names.Mlp, "experts", $"{e}", name]);
                    }
                }
            }
            else
            {
                foreach (var (name, inputs, outputs) in FeedForward(names, hidden, options.IntermediateSize))
                {
                    Add(inputs, outputs, true, [.. at, names.Mlp, name]);
                }
            }
        }

        if (!options.Tied)
        {
            Add(hidden, options.VocabularySize, false, names.Head);
        }

        return found;
    }

    private static IEnumerable<(string Name, int Inputs, int Outputs)> Attention(DecoderOptions options)
    {
        var (names, hidden) = (options.Names, options.HiddenSize);
        var queries = options.Heads * options.HeadSize;
        var keys = options.KeyValueHeads * options.HeadSize;
        return
        [
            .. names.QueryKeyValue is { } all
                ? ((string, int, int)[])[(all, hidden, queries + 2 * keys)]
                : [(names.Query, hidden, queries), (names.Key, hidden, keys), (names.Value, hidden, keys)],
            (names.Output, queries, hidden),
        ];
    }

    private static IEnumerable<(string Name, int Inputs, int Outputs)> FeedForward(
        DecoderNames names,
        int hidden,
        int width
    ) =>
        [
            .. names.GateUp is { } both ? ((string, int, int)[])[(both, hidden, 2 * width)]
            : names.Gate is { } gate ? [(gate, hidden, width), (names.Up, hidden, width)]
            : [(names.Up, hidden, width)],
            (names.Down, width, hidden),
        ];
}
