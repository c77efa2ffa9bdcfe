using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// Head and loss of a large vocabulary, with their gradient: memory above weights and the head's gradient, and seconds
/// beside those of plain logits, log-softmax and backward, one after the other in this process.
/// </summary>
internal static class LossBenchmark
{
    private const int Times = 3;
    private const double Mega = 1 << 20;

    /// <summary>Runs it; one JSON line.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--vocabulary", "--tokens", "--hidden", "--frozen");
        var vocabulary = arguments.Number("--vocabulary", 150_000);
        var tokens = arguments.Number("--tokens", 4096);
        var width = arguments.Number("--hidden", 576);
        var shape = SpeedShape.Usual with { Vocabulary = vocabulary, Hidden = width, Layers = 1, Tied = false };
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), shape.Config);
            using var model = ModelFolder.Initialize(folder, 1);
            var learns = !arguments.Has("--frozen");
            model.HeadWeight.requires_grad = learns;
            using var scope = NewDisposeScope();
            var hidden = randn(tokens, width).requires_grad_();
            var targets = randint(vocabulary, tokens);

            // Wakes the threads and compiles.
            Ours(model, hidden.narrow(0, 0, 8), targets.narrow(0, 0, 8));
            Usage.ForgetPeak();
            var before = Usage.ResidentMegabytes();
            var seconds = Best(() => Ours(model, hidden, targets));
            var gradient = learns ? (double)vocabulary * width * sizeof(float) / Mega : 0;
            var peak = Usage.PeakResidentMegabytes() - before;
            var plain = Best(() => Plain(model, hidden, targets));
            yield return new JsonObject
            {
                ["work"] = "loss",
                ["precision"] = "fp32",
                ["vocabulary"] = vocabulary,
                ["tokens"] = tokens,
                ["tokens_per_second"] = Math.Round(tokens / seconds, 1),
                ["peak_mb_above_weights"] = Math.Round(peak, 1),
                ["head_gradient_mb"] = Math.Round(gradient, 1),
                ["plain_tokens_per_second"] = Math.Round(tokens / plain, 1),
                ["plain_peak_mb"] = Math.Round(Usage.PeakResidentMegabytes() - before, 1),
                ["ratio"] = Math.Round(plain / seconds, 2),
                ["threads"] = get_num_threads(),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Ours(CausalModel model, Tensor hidden, Tensor targets)
    {
        HeadLoss.Backward(model, hidden, targets, 1.0 / targets.shape[0]);
        Clear(model, hidden);
    }

    private static void Plain(CausalModel model, Tensor hidden, Tensor targets)
    {
        using var scope = NewDisposeScope();
        nn.functional.cross_entropy(nn.functional.linear(hidden, model.HeadWeight), targets).backward();
        Clear(model, hidden);
    }

    private static void Clear(CausalModel model, Tensor hidden)
    {
        model.HeadWeight.grad = null;
        hidden.grad = null;
    }

    private static double Best(Action work)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Times; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            work();
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
