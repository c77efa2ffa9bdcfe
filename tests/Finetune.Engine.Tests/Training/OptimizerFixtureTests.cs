using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Quantization;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>Eight steps of every optimizer, value by value; clipping and the average of weights (fixtures/optimizers).</summary>
public sealed class OptimizerFixtureTests
{
    public static TheoryData<string, string> Cases() =>
        FixtureFile.Cases("optimizers/steps.json", doc => doc["cases"]!.AsObject().Select(c => c.Key));

    public static TheoryData<string, string> Clips() =>
        FixtureFile.Cases("optimizers/other.json", doc => doc["clip"]!.AsArray().Select((_, i) => $"{i}"));

    public static TheoryData<string, string> EightBits() =>
        FixtureFile.Cases("optimizers/adamw8bit.json", _ => ["together", "one by one"]);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Weights_after_each_step(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        var one = doc["cases"]![name]!;
        var settings = one["settings"]!;
        using var scope = NewDisposeScope();
        string[] names = [.. one["values"]!.AsObject().Select(t => t.Key)];
        var options = Options(name, settings);
        // Once by the list of weights, once weight by weight: the same bits.
        Tensor[][] runs = [Start(), Start()];
        using var together = new Optimizer(runs[0], options, Rules(options, names.Length));
        using var single = new Optimizer(runs[1], options, Rules(options, names.Length));
        for (var t = 0; t < one["values"]![names[0]]!.AsArray().Count; t++)
        {
            Tensor[] gradients = [.. names.Select(n => Values(doc["gradients"]![n]![t]!))];
            var rate = options.Rate(settings["lr"]?.Number() ?? 0, t + 1);
            together.Step(gradients, rate);
            single.Begin();
            for (var i = 0; i < names.Length; i++)
            {
                single.Step(i, gradients[i], rate);
                var wanted = one["values"]![names[i]]![t]!.Floats();
                var slack = name is "muon" or "muon-match-rms" ? 3e-3 : 1e-6 * wanted.Max(Math.Abs);
                var found = runs[0][i].data<float>().ToArray();
                Assert.All(found.Zip(wanted), pair => Assert.InRange(pair.First - pair.Second, -slack, slack));
                Assert.Equal(found, runs[1][i].data<float>().ToArray());
            }
        }

        Tensor[] Start() => [.. names.Select(n => Values(doc["initial"]![n]!))];
    }

    [SkippableTheory]
    [MemberData(nameof(EightBits))]
    public void Weights_codes_and_scales_of_eight_bits(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        Assert.All(DynamicCodes.Book.ToArray().Zip(doc["m_code_book"]!.Floats()), p => Assert.Equal(p.Second, p.First));
        Assert.All(
            DynamicCodes.UnsignedBook.ToArray().Zip(doc["v_code_book"]!.Floats()),
            p => Assert.Equal(p.Second, p.First)
        );
        var settings = doc["settings"]!;
        using var scope = NewDisposeScope();
        using var tensors = SafeTensorsFile.Open(
            Path.Combine(Path.GetDirectoryName(file)!, doc["tensors"]!.GetValue<string>())
        );
        var weight = Read("initial");
        var options = (AdamWOptions)Options("adamw", settings) with { EightBit = true, EightBitFrom = 1 };
        using var optimizer = new Optimizer([weight], options);
        for (var t = 1; t <= doc["steps"]!.GetValue<int>(); t++)
        {
            if (name == "together")
            {
                optimizer.Step([Read($"gradient.{t}")], settings["lr"]!.Number());
            }
            else
            {
                optimizer.Begin();
                optimizer.Step(0, Read($"gradient.{t}"), settings["lr"]!.Number());
            }

            var wanted = Read($"value.{t}").data<float>().ToArray();
            var slack = 1e-6 * wanted.Max(Math.Abs);
            Assert.All(
                weight.data<float>().ToArray().Zip(wanted),
                p => Assert.InRange(p.First - p.Second, -slack, slack)
            );
            foreach (var (kind, letter) in new[] { ("first", "m"), ("second", "v") })
            {
                Assert.Equal(Read($"{letter}_code.{t}").bytes.ToArray(), State($"{kind}_moment_codes").bytes.ToArray());
                var scales = Read($"{letter}_absmax.{t}").data<float>().ToArray();
                Assert.All(
                    State($"{kind}_moment_scales").data<float>().ToArray().Zip(scales),
                    p => Assert.InRange(p.First / p.Second, 1 - 1e-5f, 1 + 1e-5f)
                );
            }
        }

        Tensor Read(string tensorName) => TensorBytes.Read(tensors, tensors.Find(tensorName)!);
        Tensor State(string stateName) => optimizer.State.Single(s => s.Name == stateName).Value;
    }

    [SkippableTheory]
    [MemberData(nameof(Clips))]
    public void Clipping(string file, string index)
    {
        FixtureRoots.SkipIfMissing(file);
        var one = FixtureFile.Read(file)["clip"]![int.Parse(index, CultureInfo.InvariantCulture)]!;
        var steps = FixtureFile.Read(Path.Combine(Path.GetDirectoryName(file)!, "steps.json"));
        using var scope = NewDisposeScope();
        var names = one["clipped"]!.AsObject().Select(t => t.Key).ToArray();
        var t = one["gradient_step"]!.GetValue<int>() - 1;
        Tensor[] gradients = [.. names.Select(n => Values(steps["gradients"]![n]![t]!))];
        var order =
            one["norm"]!.GetValueKind() == System.Text.Json.JsonValueKind.String
                ? double.PositiveInfinity
                : one["norm"]!.Number();
        var norm = GradientClipping.Clip(gradients, one["max_norm"]!.Number(), order);
        var total = one["total_norm"]!.Number();
        Assert.InRange(norm - total, -1e-6 * total, 1e-6 * total);
        for (var i = 0; i < names.Length; i++)
        {
            var wanted = one["clipped"]![names[i]]!.Floats();
            Assert.All(
                gradients[i].data<float>().ToArray().Zip(wanted),
                pair => Assert.InRange(pair.First - pair.Second, -1e-6, 1e-6)
            );
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Averages))]
    public void Average_of_weights(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        Assert.Equal("ema", name);
        var one = FixtureFile.Read(file)["ema"]!;
        var steps = FixtureFile.Read(Path.Combine(Path.GetDirectoryName(file)!, "steps.json"));
        using var scope = NewDisposeScope();
        var weight = Values(steps["initial"]!["matrix"]!);
        using var average = new WeightAverage([weight], one["decay"]!.Number());
        foreach (
            var (value, wanted) in Sequence(steps["cases"]!["adamw-a"]!["values"]!["matrix"]!)
                .Zip(Sequence(one["values"]!))
        )
        {
            weight.copy_(value);
            average.Update();
            Assert.All(
                average.Values[0].data<float>().ToArray().Zip(wanted.data<float>().ToArray()),
                p => Assert.InRange(p.First - p.Second, -3e-6, 3e-6)
            );
        }

        static IEnumerable<Tensor> Sequence(JsonNode list) => list.AsArray().Select(v => Values(v!));
    }

    public static TheoryData<string, string> Averages() => FixtureFile.Cases("optimizers/other.json", _ => ["ema"]);

    // The fixture decays every tensor, vectors too.
    private static WeightRule[] Rules(OptimizerOptions options, int count) =>
        [.. Enumerable.Repeat(new WeightRule(1, options.WeightDecay, Hidden: true), count)];

    private static OptimizerOptions Options(string name, JsonNode settings)
    {
        var decay = settings["weight_decay"]!.Number();
        return name.Split('-')[0] switch
        {
            "adam" or "adamw" => new AdamWOptions(Beta(0), Beta(1), settings["eps"]!.Number(), decay)
            {
                Coupled = name == "adam-l2",
            },
            "sgd" => new SgdOptions(
                settings["momentum"]!.Number(),
                settings["nesterov"]!.GetValue<bool>(),
                settings["dampening"]!.Number(),
                decay
            ),
            "lion" => new LionOptions(Beta(0), Beta(1), decay),
            "adafactor" => new AdafactorOptions(
                settings["decay_rate"]!.Number(),
                settings["clip_threshold"]!.Number(),
                settings["beta1"]?.Number(),
                settings["eps"]![0]!.Number(),
                settings["eps"]![1]!.Number(),
                settings["scale_parameter"]!.GetValue<bool>(),
                settings["relative_step"]!.GetValue<bool>(),
                settings["warmup_init"]!.GetValue<bool>(),
                decay
            ),
            "muon" => new MuonOptions(
                settings["momentum"]!.Number(),
                settings["nesterov"]!.GetValue<bool>(),
                settings["ns_steps"]!.GetValue<int>(),
                settings["adjust_lr_fn"]!.GetValue<string>() == "match_rms_adamw",
                WeightDecay: decay
            ),
            _ => throw new InvalidOperationException($"no optimizer for the case {name}"),
        };

        double Beta(int index) => settings["betas"]![index]!.Number();
    }

    private static Tensor Values(JsonNode node) => tensor(node.Floats()).reshape(node.Shape());
}
