using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Models.Parts.Fused;
using Finetune.Engine.Training.Optimizers;

namespace Finetune.Engine.Training;

/// <summary>What a training is to be reckoned for.</summary>
/// <param name="Options">How it trains.</param>
/// <param name="Trains">Whether a matrix, by name, is trained whole.</param>
/// <param name="AdapterRank">Of an adapter; 0 without.</param>
/// <param name="Adapts">Whether a linear layer, by its module's name, has an adapter.</param>
/// <param name="FrozenBytes">Bytes a value of a linear layer that is not trained: 4, or less where it is quantised.</param>
/// <param name="Recomputes">Whether layers keep their inputs alone.</param>
/// <param name="PassTokens">Tokens of the largest pass.</param>
public sealed record TrainingCase(
    TrainingOptions Options,
    Func<string, bool> Trains,
    int AdapterRank,
    Func<string, bool> Adapts,
    double FrozenBytes,
    bool Recomputes,
    int PassTokens
);

/// <summary>
/// Peak memory of a training on a processor, by arithmetic: what is in use at the height of a step, and what the runtime
/// takes. In bytes.
/// </summary>
/// <param name="Weights">The model, and float32 masters where it computes in other numbers.</param>
/// <param name="Gradients">Of what is trained; in bfloat16 those of a pass beside their float32 sums.</param>
/// <param name="Optimizer">What it remembers; the average of weights, too.</param>
/// <param name="Activations">Kept for the backward pass, and what one layer works with.</param>
/// <param name="Logits">That exist at once.</param>
/// <param name="Rest">The runtime and its libraries.</param>
public sealed record TrainingNeeds(
    long Weights,
    long Gradients,
    long Optimizer,
    long Activations,
    long Logits,
    long Rest
)
{
    // The process with its libraries loaded and a document compiled: measured.
    private const long Runtime = 255L << 20;

    // What is computed again, its gradients, and what comes and goes between them, in multiples of what a layer keeps: measured on
    // 30 layers; of few, less than all of them.
    private static int AtWork(int layers) => Math.Min(4, 1 + layers / 2);

    /// <summary>All of it.</summary>
    public long Total => Weights + Gradients + Optimizer + Activations + Logits + Rest;

    /// <summary>Reckons.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="of">The training.</param>
    public static TrainingNeeds Of(DecoderOptions options, TrainingCase of)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(of);
        var matrices = DecoderMatrices.Of(options);
        var half = of.Options.Precision == Precision.BFloat16;
        var bytes = half ? 2 : 4;
        var whole = matrices.Where(m => of.Trains(m.Name)).ToList();
        var pairs = matrices
            .Where(m => m.IsLinear && of.AdapterRank > 0 && of.Adapts(Module(m.Name)))
            .Select(m => of.AdapterRank * (m.Inputs + (long)m.Outputs))
            .ToList();
        var trained = whole.Sum(m => m.Count) + pairs.Sum();
        // In bfloat16 the model's rounded copy is beside the float32 values, but for a base that only has an adapter on.
        var rounded = half && pairs.Count > 0 && whole.Count == 0;
        var value = rounded ? 2.0 : 4.0;
        var held = matrices.Sum(m =>
            m.Count * (m.IsLinear && !of.Trains(m.Name) ? Math.Min(of.FrozenBytes, value) : value)
        );
        var weights = (long)held + pairs.Sum() * 4 + (half && !rounded ? matrices.Sum(m => m.Count) * 2 : 0);
        var tokens = (long)of.PassTokens;
        // A quantised base's adapters keep what they read.
        var remade = options.HiddenSize >= LinearProduct.Narrow && of.FrozenBytes >= 2;
        var layer = tokens * bytes * Kept(options, remade);
        var inputs = tokens * bytes * options.HiddenSize;
        var rows = Math.Min(tokens, HeadLoss.RowsAtOnce(options.VocabularySize));
        return new TrainingNeeds(
            weights,
            (half ? 6 : 4) * (of.Options.OptimizerInBackward ? pairs.Sum() + AtOnce(whole) : trained),
            trained * StateBytes(of.Options),
            of.Recomputes ? options.Layers * inputs + AtWork(options.Layers) * layer : options.Layers * layer,
            rows * options.VocabularySize * bytes,
            Runtime
        );
    }

    // What a layer keeps, in values a token: its input and the sum after attention; queries, keys, values; what attention
    // gives; the feed-forward part's projections. Where it is not made again (see Operand), also both normed, and what goes into
    // the last projection.
    private static long Kept(DecoderOptions options, bool remade)
    {
        long hidden = options.HiddenSize;
        var queries = (long)options.Heads * options.HeadSize;
        var keys = (long)options.KeyValueHeads * options.HeadSize;
        var gated = options.Names.Gate is not null || options.Names.GateUp is not null;
        var width = options.Experts is { } experts ? (long)experts.Chosen * experts.Width : options.IntermediateSize;
        var again = remade ? 0 : 1;
        return ((2 + 2 * again) * hidden) + (2 * queries) + (2 * keys) + (((gated ? 2 : 1) + again) * width);
    }

    // Values of gradients that exist together where each layer's are freed when the backward pass has left it.
    private static long AtOnce(List<MatrixSize> whole)
    {
        var layers = whole.ToLookup(m => WeightRules.Layer(m.Name).Index);
        return layers.Sum(layer => layer.Key is null ? layer.Sum(m => m.Count) : 0)
            + layers
                .Where(layer => layer.Key is not null)
                .Select(layer => layer.Sum(m => m.Count))
                .DefaultIfEmpty(0)
                .Max();
    }

    private static long StateBytes(TrainingOptions options)
    {
        var state = options.Optimizer switch
        {
            AdamWOptions { EightBit: true } => 2,
            AdamWOptions => 8,
            AdafactorOptions { Beta1: null } => 0,
            SgdOptions { Momentum: 0 } => 0,
            _ => 4,
        };
        return state + (options.AverageDecay is null ? 0 : 4);
    }

    private static string Module(string name) => name[..^".weight".Length];
}
