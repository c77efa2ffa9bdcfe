using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;
using Finetune.Engine.Training.Preference;

namespace Finetune.Engine.Tests.Training;

/// <summary>DPO and its relatives, step by step as TRL does them (fixtures/preference).</summary>
public sealed class PreferenceFixtureTests
{
    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var folder in FixtureRoots.All.Select(r => Path.Combine(r, "preference")).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                cases.Add(file, 4);
                cases.Add(file, 1);
            }
        }

        if (!((IEnumerable<object[]>)cases).Any())
        {
            cases.Add("", 0);
        }

        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Losses_rewards_and_weights(string file, int microBatch)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        var root = Path.Combine(Path.GetDirectoryName(file)!, "..");
        var options = Options(doc);
        var pairs = Pairs(doc);
        if (options.HasReference)
        {
            using var reference = Load(root, doc, withAdapter: false);
            var sums = PairScorer.Sums(reference, pairs).ToArray();
            Close(doc["before"]!["reference"]!["chosen"]!, sums.Select(s => s.Chosen), 1e-4);
            Close(doc["before"]!["reference"]!["rejected"]!, sums.Select(s => s.Rejected), 1e-4);
            pairs = [.. pairs.Select((p, i) => p with { Reference = sums[i] })];
        }

        using var model = Load(root, doc, withAdapter: true);
        CheckWhole(doc["before"]!, model, pairs, options);
        var steps = doc["steps"]!.AsArray();
        var log = Train(model, pairs, options, steps.Count, doc["optimizer"]!["batch"]!.GetValue<int>(), microBatch);
        for (var s = 0; s < steps.Count; s++)
        {
            CheckStep(steps[s]!, log[s], options);
        }

        CheckWeights(doc["final"]!.AsObject(), doc["final_above_1e_4"]?.AsArray() ?? [], model);
        CheckWhole(doc["after"]!, model, pairs, options);
    }

    [Fact]
    public void A_reference_is_part_of_some_losses_only() =>
        Assert.Equal(
            [PreferenceKind.Cpo, PreferenceKind.Simpo, PreferenceKind.Orpo],
            Enum.GetValues<PreferenceKind>().Where(k => !new PreferenceOptions(k, 1).HasReference)
        );

    // All rows as one batch, without a step.
    private static void CheckWhole(
        JsonNode golden,
        CausalModel model,
        IReadOnlyList<PreferencePair> pairs,
        PreferenceOptions options
    )
    {
        var figures = new PairFigures(options);
        foreach (var (pass, batch, logProbs) in PairScorer.Run(model, pairs, options.Kind == PreferenceKind.Orpo))
        {
            var sums = batch.Sums(logProbs);
            Close(golden["policy"]!["chosen"]!, sums.Select(s => s.Chosen), 1e-4);
            Close(golden["policy"]!["rejected"]!, sums.Select(s => s.Rejected), 1e-4);
            var losses = figures.Add(pass, batch, logProbs);
            var slack = options.Kind == PreferenceKind.Ipo ? 2e-4 : 2e-5;
            // DPO with sft lists the term of -log p in every row, CPO and ORPO leave it out.
            var shared = options.HasReference ? options.NllWeight * golden["chosen_nll"]!.Number() : 0;
            Close(golden["row_loss"]!, losses.Select(l => l.Loss + shared), slack);
            Close(golden["rewards"]!["chosen"]!, losses.Select(l => l.RewardChosen), 2e-5);
            Close(golden["rewards"]!["rejected"]!, losses.Select(l => l.RewardRejected), 2e-5);
        }

        Assert.Equal(golden["rewards"]!["accuracy"]!.Number(), figures.Accuracy, 9);
        Close(golden["loss"]!, [figures.Loss], options.Kind == PreferenceKind.Ipo ? 2e-4 : 2e-5);
    }

    private static void CheckStep(JsonNode golden, JsonNode line, PreferenceOptions options)
    {
        var ipo = options.Kind == PreferenceKind.Ipo;
        Near(golden["loss"]!.Number(), line["loss"]!.Number(), 1e-5, ipo ? 1e-4 : 1e-6);
        Near(golden["grad_norm"]!.Number(), line["grad_norm"]!.Number(), 1e-4, 1e-6);
        Near(golden["reward_chosen"]!.Number(), line["rewards/chosen"]!.Number(), 1e-5, 2e-5);
        Near(golden["reward_rejected"]!.Number(), line["rewards/rejected"]!.Number(), 1e-5, 2e-5);
        Near(golden["margin"]!.Number(), line["rewards/margins"]!.Number(), 1e-5, 3e-5);
    }

    private static void CheckWeights(JsonObject golden, JsonArray looser, CausalModel model)
    {
        var loose = looser.Select(n => n!.ToString()).ToHashSet(StringComparer.Ordinal);
        var found = Weights(model);
        var compared = 0;
        foreach (var (name, wanted) in golden)
        {
            var values = found[name.Replace("base_model.model.", "", StringComparison.Ordinal)];
            var slack = loose.Contains(name) ? 2e-3 : 2e-4;
            Near(wanted!["norm"]!.Number(), Math.Sqrt(values.Sum(v => (double)v * v)), 1e-4, slack);
            Close(wanted["first"]!, values.Take(6).Select(v => (double)v), slack);
            Close(wanted["middle"]!, values.Skip(values.Length / 2).Take(6).Select(v => (double)v), slack);
            compared++;
        }

        Assert.True(compared > 0);
    }

    private static Dictionary<string, float[]> Weights(CausalModel model)
    {
        var weights = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters())
        {
            using var values = parameter.detach().flatten();
            weights[name] = values.data<float>().ToArray();
        }

        return weights;
    }

    private static JsonNode[] Train(
        CausalModel model,
        IReadOnlyList<PreferencePair> pairs,
        PreferenceOptions preference,
        int steps,
        int batch,
        int microBatch
    )
    {
        using var place = Scratch.New();
        var log = Path.Combine(place.Path, "log.jsonl");
        Trainer.Run(
            model,
            pairs,
            [],
            preference,
            new TrainingOptions
            {
                MaxSteps = steps,
                BatchSize = batch,
                MicroBatchSize = microBatch,
                Shuffle = false,
                LearningRate = 1e-3,
                Schedule = ScheduleKind.Constant,
                MaxGradNorm = 0,
                Optimizer = new AdamWOptions(0.9, 0.999, 1e-8, 0),
                Keep = KeepRule.Last,
            },
            log,
            Path.Combine(place.Path, "checkpoint")
        );
        return [.. File.ReadLines(log).Select(line => JsonNode.Parse(line)!)];
    }

    private static CausalModel Load(string root, JsonNode doc, bool withAdapter)
    {
        var model = ModelFolder.Load(Path.Combine(root, doc["base"]!.GetValue<string>()), Precision.Float32);
        if (withAdapter && doc["adapter"]?.GetValue<string>() is { } adapter)
        {
            LoraAdapter.Load(model, Path.Combine(root, adapter));
        }

        return model;
    }

    private static IReadOnlyList<PreferencePair> Pairs(JsonNode doc)
    {
        return [.. doc["rows"]!.AsArray().Select(r => new PreferencePair(Side(r!, "chosen"), Side(r!, "rejected")))];

        static TrainingExample Side(JsonNode row, string side)
        {
            var prompt = row["prompt"]!.Ints();
            int[] ids = [.. prompt, .. row[side]!.Ints()];
            return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompt.Length)]);
        }
    }

    private static PreferenceOptions Options(JsonNode doc)
    {
        var settings = doc["settings"]!;
        var types = settings["loss_type"] is JsonArray list ? [.. list.Select(t => t!.ToString())] : new List<string>();
        var kind = types.Count > 0 ? types[0] : settings["loss_type"]?.ToString() ?? "orpo";
        if (settings["trainer"]?.ToString() == "CPO" && kind == "sigmoid")
        {
            kind = "cpo";
        }

        return new PreferenceOptions(Enum.Parse<PreferenceKind>(kind, ignoreCase: true), settings["beta"]!.Number())
        {
            LabelSmoothing = settings["label_smoothing"]?.Number() ?? 0,
            Gamma = settings["simpo_gamma"]?.Number() ?? 0,
            NllWeight =
                settings["cpo_alpha"]?.Number()
                ?? (types.Contains("sft") ? settings["loss_weights"]![types.IndexOf("sft")]!.Number() : 0),
        };
    }

    private static void Close(JsonNode golden, IEnumerable<double> found, double slack)
    {
        double[] wanted = golden is JsonArray list ? [.. list.Select(n => n!.Number())] : [golden.Number()];
        double[] values = [.. found];
        Assert.Equal(wanted.Length, values.Length);
        Assert.All(wanted.Zip(values), p => Near(p.First, p.Second, slack, slack));
    }

    private static void Near(double wanted, double found, double relative, double absolute) =>
        Assert.InRange(
            found - wanted,
            -(relative * Math.Abs(wanted) + absolute),
            relative * Math.Abs(wanted) + absolute
        );
}
