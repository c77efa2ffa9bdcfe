using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>PyTorch's AdamW, eight steps (fixtures/optimizers).</summary>
public sealed class AdamWFixtureTests
{
    public static TheoryData<string, string> Cases() =>
        FixtureFile.Cases("optimizers/steps.json", doc => doc["cases"]!.AsObject().Select(c => c.Key));

    public static TheoryData<string, string> Clips() =>
        FixtureFile.Cases("optimizers/other.json", doc => doc["clip"]!.AsArray().Select((_, i) => $"{i}"));

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Weights_after_each_step(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        Skip.IfNot(name.StartsWith("adamw", StringComparison.Ordinal), $"optimizer {name} is not supported");
        var doc = FixtureFile.Read(file);
        var one = doc["cases"]![name]!;
        var settings = one["settings"]!;
        using var scope = NewDisposeScope();
        string[] names = [.. doc["initial"]!.AsObject().Select(t => t.Key)];
        Tensor[] weights = [.. names.Select(n => Values(doc["initial"]![n]!))];
        // The fixture decays every tensor, vectors too; here vectors do not, so they are seen as rows of a matrix.
        Tensor[] matrices = [.. weights.Select(w => w.dim() >= 2 ? w : w.unsqueeze(0))];
        using var optimizer = new AdamW(
            matrices,
            new AdamWOptions(
                settings["betas"]![0]!.Number(),
                settings["betas"]![1]!.Number(),
                settings["eps"]!.Number(),
                settings["weight_decay"]!.Number()
            )
        );
        for (var t = 0; t < one["values"]![names[0]]!.AsArray().Count; t++)
        {
            Tensor[] gradients =
            [
                .. names.Select((n, i) => Values(doc["gradients"]![n]![t]!).reshape(matrices[i].shape)),
            ];
            optimizer.Step(gradients, settings["lr"]!.Number());
            for (var i = 0; i < names.Length; i++)
            {
                var wanted = one["values"]![names[i]]![t]!.Floats();
                var slack = 1e-6 * wanted.Max(Math.Abs);
                var found = weights[i].data<float>().ToArray();
                Assert.All(found.Zip(wanted), pair => Assert.InRange(pair.First - pair.Second, -slack, slack));
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Clips))]
    public void Clipping(string file, string index)
    {
        FixtureRoots.SkipIfMissing(file);
        var one = FixtureFile.Read(file)["clip"]![int.Parse(index, System.Globalization.CultureInfo.InvariantCulture)]!;
        Skip.If(one["norm"]!.ToJsonString() != "2.0", $"norm {one["norm"]} is not supported");
        var steps = FixtureFile.Read(Path.Combine(Path.GetDirectoryName(file)!, "steps.json"));
        using var scope = NewDisposeScope();
        var names = one["clipped"]!.AsObject().Select(t => t.Key).ToArray();
        var t = one["gradient_step"]!.GetValue<int>() - 1;
        Tensor[] gradients = [.. names.Select(n => Values(steps["gradients"]![n]![t]!))];
        var norm = GradientClipping.Clip(gradients, one["max_norm"]!.Number());
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

    private static Tensor Values(System.Text.Json.Nodes.JsonNode node) => tensor(node.Floats()).reshape(node.Shape());
}
