using System.Globalization;
using Finetune.Engine.Models;
using Finetune.Engine.Training;

namespace Finetune.Stages.Train;

/// <summary>Training examples as a forecast sees them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Longest">Tokens of the longest.</param>
/// <param name="Long">95 of 100 are no longer.</param>
/// <param name="Mean">Mean tokens.</param>
/// <param name="LabelShare">Share of tokens that carry loss.</param>
public sealed record TrainRows(long Count, int Longest, int Long, double Mean, double LabelShare)
{
    /// <summary>Of these sequences.</summary>
    /// <param name="sequences">Tokens of each, and those that carry loss.</param>
    public static TrainRows Of(IReadOnlyList<(int Tokens, int Labels)> sequences)
    {
        int[] lengths = [.. sequences.Select(s => s.Tokens).Order()];
        return lengths.Length == 0
            ? new TrainRows(0, 0, 0, 0, 0)
            : new TrainRows(
                lengths.Length,
                lengths[^1],
                lengths[(int)Math.Ceiling(0.95 * lengths.Length) - 1],
                lengths.Average(),
                sequences.Sum(s => (long)s.Labels) / (double)lengths.Sum(n => (long)n)
            );
    }
}

/// <summary>What a training stage will take, said before it runs and without the tensor library.</summary>
/// <param name="Needs">Peak memory.</param>
/// <param name="PassTokens">Tokens of its largest pass.</param>
/// <param name="Operations">Floating-point operations of all its steps; validation is not in it.</param>
/// <param name="HiddenSize">Width of the hidden states.</param>
public sealed record TrainForecast(TrainingNeeds Needs, int PassTokens, double Operations, int HiddenSize)
{
    /// <summary>Reckons; null for a model that is not one stack of layers, or where nothing would be trained.</summary>
    /// <param name="settings">The stage.</param>
    /// <param name="folder">The base.</param>
    /// <param name="rows">Its training examples.</param>
    /// <param name="recomputes">Whether layers are computed twice.</param>
    /// <exception cref="Engine.ModelFileException">A configuration that cannot be read.</exception>
    public static TrainForecast? Of(TrainSettings settings, string folder, TrainRows rows, bool recomputes)
    {
        var config = ModelConfig.Read(folder);
        if (rows.Count == 0 || ModelFamilies.Options(config) is not { } options)
        {
            return null;
        }

        // Pairs are two sequences each, laid end to end as any others.
        var trainer = TrainerOptions.From(settings);
        var pass = LargestPass(settings, rows, TokenBudget.OfTraining(options.Shape(config), trainer.Precision));
        var adapter = settings.Adapter;
        var needs = TrainingNeeds.Of(
            options,
            new TrainingCase(
                trainer,
                name => Trains(settings, name),
                adapter?.Rank ?? 0,
                module => adapter is not null && Adapts(adapter, options.Layers, module),
                settings.Quantization switch
                {
                    null => 4,
                    "nf4" => 0.5 + 4.0 / 64,
                    _ => 0.5 + 1.0 / 64,
                },
                recomputes,
                pass
            )
        );
        var examples = Steps(settings, rows.Count) * (double)settings.BatchSize;
        var products = DecoderMatrices.Of(options).Where(m => m.IsLinear).Sum(m => m.Count);
        var head = (double)options.HiddenSize * options.VocabularySize * rows.LabelShare;
        var factor = adapter is null ? 6 : 4;
        return new TrainForecast(needs, pass, factor * (products + head) * examples * rows.Mean, options.HiddenSize);
    }

    /// <summary>Reckons as the stage will run here: layers computed twice where that is asked for, or where it is left to
    /// the memory there is; with what would make it fit where it does not.</summary>
    /// <param name="settings">The stage.</param>
    /// <param name="folder">The base.</param>
    /// <param name="rows">Its training examples.</param>
    /// <param name="checkpointing"><c>none</c>, <c>layer</c> or <c>auto</c>.</param>
    /// <param name="memory">There is, in bytes: <see cref="MemoryHere"/>.</param>
    /// <returns>The forecast (see <see cref="Of"/>), whether layers are computed twice, and a cure; null: it fits.</returns>
    public static (TrainForecast? Forecast, bool Recomputes, string? Cure) Here(
        TrainSettings settings,
        string folder,
        TrainRows rows,
        string? checkpointing,
        long memory
    )
    {
        var forecast = Of(settings, folder, rows, recomputes: checkpointing == "layer");
        if (forecast is null || forecast.Needs.Total <= memory)
        {
            return (forecast, checkpointing == "layer", null);
        }

        var twice = checkpointing == "layer" ? forecast : Of(settings, folder, rows, recomputes: true)!;
        var fits = twice.Needs.Total <= memory;
        return checkpointing switch
        {
            "auto" when fits => (twice, true, null),
            "auto" or "layer" => (twice, true, twice.Cure(null, memory)),
            _ => (forecast, false, forecast.Cure(twice, memory)),
        };
    }

    /// <summary>Memory that this process may have, in bytes: the machine's, or what a container allows.</summary>
    public static long MemoryHere => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The peak and what it is made of, in words.</summary>
    public string Memory =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Size(Needs.Total)} at the peak (weights {Size(Needs.Weights)}, gradients {Size(Needs.Gradients)}, optimizer {Size(Needs.Optimizer)}, activations {Size(Needs.Activations)} of {PassTokens} tokens, logits {Size(Needs.Logits)}, the rest {Size(Needs.Rest)})"
        );

    // What would make it fit; with layers computed twice, or null where they are already.
    private string Cure(TrainForecast? twice, long there) =>
        twice is not null && twice.Needs.Total <= there ? "'checkpointing: layer' would fit"
        : Needs.Gradients + Needs.Optimizer > Needs.Activations
            ? "an adapter (model.adapter) keeps no gradients and moments of the base"
        : "shorter rows (model.max_length) or a smaller micro_batch_size need less";

    /// <summary>Bytes as MiB.</summary>
    public static string Size(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(bytes + (1 << 19)) >> 20} MiB");

    private static long Steps(TrainSettings settings, long examples) =>
        settings.MaxSteps ?? (long)settings.Epochs!.Value * ((examples + settings.BatchSize - 1) / settings.BatchSize);

    private static int LargestPass(TrainSettings settings, TrainRows rows, int budget) =>
        settings.OptimizerInBackward ? Math.Max(rows.Longest, (int)(settings.BatchSize * rows.Mean))
        : settings.MicroBatchSize is { } size ? size * (size == 1 ? rows.Longest : rows.Long)
        : Math.Max(rows.Longest, (int)Math.Min(budget, settings.BatchSize * rows.Mean));

    private static bool Trains(TrainSettings settings, string name) =>
        settings.Adapter is { } adapter
            ? adapter.ModulesToSave.Any(end => Ends(name[..^".weight".Length], end))
            : (settings.TrainOnly is null || NamePattern.FitsAny(settings.TrainOnly, name))
                && (settings.Freeze is null || !NamePattern.FitsAny(settings.Freeze, name));

    private static bool Adapts(AdapterSettings adapter, int layers, string module)
    {
        var number = module
            .Split('.')
            .Select(part => int.TryParse(part, out var n) ? n : -1)
            .FirstOrDefault(n => n >= 0);
        var first = adapter.Layers?.Last is { } last ? layers - last : 0;
        return (adapter.Targets is null || adapter.Targets.Any(target => Ends(module, target)))
            && number >= first
            && adapter.Layers?.Numbers?.Contains(number) != false;
    }

    private static bool Ends(string module, string end) =>
        module == end || module.EndsWith("." + end, StringComparison.Ordinal);
}
