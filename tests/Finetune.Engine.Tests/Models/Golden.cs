using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Compares a model with the numbers of an <c>expected.json</c> (fixtures/models/README.md).</summary>
internal sealed class Golden(JsonNode expected)
{
    private const int Ignored = -100;

    // What T5's decoder starts from: its padding.
    private const int StartId = 0;

    private readonly bool _encodes = expected["kind"]?.GetValue<string>() == "seq2seq";
    private readonly int[][] _sources = Unpadded(expected);

    private int[][] Labels => [.. expected["labels"]!.AsArray().Select((row, r) => Ints(row!)[..Rows[r].Length])];

    // What the decoder reads: the ids themselves, or after an encoder the labels, one later.
    /// <summary>The documents, without padding.</summary>
    public int[][] Rows =>
        _encodes
            ? [.. expected["labels"]!.AsArray().Select(row => Shifted([.. Ints(row!).TakeWhile(id => id != Ignored)]))]
            : _sources;

    /// <summary>All documents, with an encoder's sources where there is one.</summary>
    public Batch Laid() => Laid(Rows, _sources);

    public static Golden Read(string folder) =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!);

    public static float[] Floats(JsonNode node) => node.AsArray().Select(n => n!.GetValue<float>()).ToArray();

    public static int[] Ints(JsonNode node) => node.AsArray().Select(n => n!.GetValue<int>()).ToArray();

    /// <summary>Logits of all rows, end to end without padding: <c>[tokens, vocabulary]</c>.</summary>
    public Tensor Logits(CausalModel model)
    {
        using var scope = NewDisposeScope();
        return model.Logits(model.Hidden(Laid())).MoveToOuterDisposeScope();
    }

    public void CheckLogits(Tensor logits)
    {
        CheckValues(logits, expected["logits"]!);
        using var scope = NewDisposeScope();
        var sums = logits.logsumexp(1).data<float>().ToArray();
        var best = logits.argmax(1).data<long>().ToArray();
        for (var r = 0; r < Rows.Length; r++)
        {
            for (var t = 0; t < Rows[r].Length; t++)
            {
                var at = Start(r) + t;
                Near(expected["logsumexp"]![r]![t]!.GetValue<double>(), sums[at], 1e-4, $"logsumexp {r},{t}");
                Assert.Equal(expected["argmax"]![r]![t]!.GetValue<long>(), best[at]);
            }
        }
    }

    /// <summary>Checks whole vocabularies at <c>positions</c>.</summary>
    public void CheckValues(Tensor logits, JsonNode section)
    {
        var positions = section["positions"]!.AsArray();
        for (var i = 0; i < positions.Count; i++)
        {
            var at = Start(positions[i]![0]!.GetValue<int>()) + positions[i]![1]!.GetValue<int>();
            using var row = logits[at];
            Near(Floats(section["values"]![i]!), row.detach().data<float>().ToArray(), 1e-4, $"logits at {at}");
        }
    }

    /// <summary>Loss and all gradients, of the stored weights.</summary>
    public void CheckGradients(CausalModel model, string prefix = "")
    {
        using var scope = NewDisposeScope();
        model.zero_grad();
        var (loss, count) = Loss(Logits(model), Labels);
        Assert.Equal(expected["label_tokens"]!.GetValue<int>(), count);
        Near(expected["loss_mean"]!.GetValue<double>(), loss.to(ScalarType.Float32).item<float>(), 1e-5, "loss");
        loss.backward();
        var wanted = expected["grad"]!["parameters"]!.AsObject();
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        Assert.Equal(wanted.Select(p => p.Key).Order(), trained.Select(p => prefix + p.name).Order());
        foreach (var (name, parameter) in trained)
        {
            var gradient = (parameter.grad ?? zeros_like(parameter)).reshape(-1).to(ScalarType.Float32);
            var golden = wanted[prefix + name]!;
            var norm = golden["norm"]!.GetValue<double>();
            var slack = Math.Max(1e-4 * norm, 1e-6);
            Near(norm, gradient.norm().item<float>(), slack, $"norm of the gradient of {name}");
            Near(Floats(golden["first"]!), Slice(gradient, 0), slack, $"gradient of {name}");
            Near(Floats(golden["middle"]!), Slice(gradient, gradient.numel() / 2), slack, $"gradient of {name}");
        }

        model.zero_grad();
    }

    /// <summary>Six steps of AdamW, as the fixture took them.</summary>
    public void CheckTraining(CausalModel model, string prefix = "")
    {
        var training = expected["training"]!;
        var optimizer = new PlainAdamW(
            [.. model.named_parameters().Where(p => p.parameter.requires_grad)],
            training["optimizer"]!
        );
        foreach (var step in training["steps"]!.AsArray())
        {
            using var scope = NewDisposeScope();
            var rows = Ints(step!["rows"]!).Select(r => training["rows"]![r]!).ToArray();
            var ids = rows.Select(r => Ints(r["ids"]!)).ToArray();
            var labels = rows.Select(
                    (r, i) =>
                        _encodes
                            ? Ints(r["labels"]!)
                            : ids[i].Select((id, t) => t < r["prompt"]!.GetValue<int>() ? Ignored : id).ToArray()
                )
                .ToArray();
            var batch = Laid(_encodes ? [.. labels.Select(Shifted)] : ids, ids);
            var (loss, _) = Loss(model.Logits(model.Hidden(batch)), labels);
            loss.backward();
            var norm = optimizer.Step(step["lr"]!.GetValue<double>(), training["clip_grad_norm"]!.GetValue<double>());
            Near(step["loss"]!.GetValue<double>(), loss.item<float>(), 1e-5, "training loss");
            var wanted = step["grad_norm"]!.GetValue<double>();
            Near(wanted, norm, 1e-4 * wanted, "gradient norm");
        }

        foreach (var (name, parameter) in optimizer.Parameters)
        {
            using var scope = NewDisposeScope();
            var golden = training["final"]![prefix + name]!;
            var norm = golden["norm"]!.GetValue<double>();
            var loose = expected["rounding"]!["final_above_1e_4"]![prefix + name] is not null;
            // Adam turns gradients of rounding size into steps: nobody comes nearer than the reference to itself.
            var slack = Math.Max(
                (loose ? 1e-3 : 1e-5) * norm,
                expected["rounding"]!["final_max_abs"]!.GetValue<double>()
            );
            Near(norm, parameter.norm().item<float>(), slack, $"final norm of {name}");
            if (!loose)
            {
                var flat = parameter.detach().reshape(-1);
                Near(Floats(golden["first"]!), Slice(flat, 0), 2e-4, $"final {name}");
                Near(Floats(golden["middle"]!), Slice(flat, flat.numel() / 2), 2e-4, $"final {name}");
            }
        }
    }

    /// <summary>Greedy tokens, prompt by prompt and all prompts at once.</summary>
    public void CheckGeneration(CausalModel model)
    {
        var generation = expected["generation"]!;
        var prompts = generation["prompts"]!.AsArray().Select(p => Ints(p!)).ToArray();
        var tokens = generation["tokens"]!.AsArray().Select(p => Ints(p!)).ToArray();
        var count = generation["max_new_tokens"]!.GetValue<int>();
        int[][] Made(int[][] some) =>
            _encodes
                ? Greedy.Generate(model, [.. some.Select(_ => new[] { StartId })], count, some)
                : Greedy.Generate(model, some, count);
        Assert.Equal(tokens, Made(prompts));
        for (var p = 0; p < prompts.Length; p++)
        {
            Assert.Equal(tokens[p], Made([prompts[p]])[0]);
        }
    }

    private static int[] Shifted(int[] labels) => [StartId, .. labels[..^1]];

    private Batch Laid(int[][] rows, int[][] sources) =>
        Batch.Of([.. rows.Select(r => (ReadOnlyMemory<int>)r)], CPU) with
        {
            Source = _encodes ? Batch.Of([.. sources.Select(r => (ReadOnlyMemory<int>)r)], CPU) : null,
        };

    private (Tensor Loss, int Count) Loss(Tensor logits, int[][] labels)
    {
        var at = new List<long>();
        var targets = new List<long>();
        var start = 0;
        foreach (var row in labels)
        {
            // A decoder alone foretells the token after; after an encoder the shift is in what it reads.
            var shift = _encodes ? 0 : 1;
            for (var t = shift; t < row.Length; t++)
            {
                if (row[t] != Ignored)
                {
                    at.Add(start + t - shift);
                    targets.Add(row[t]);
                }
            }

            start += row.Length;
        }

        var picked = logits.index_select(0, tensor(at.ToArray()));
        return (nn.functional.cross_entropy(picked, tensor(targets.ToArray())), targets.Count);
    }

    private int Start(int row) => Rows.Take(row).Sum(r => r.Length);

    private static int[][] Unpadded(JsonNode expected) =>
        expected["input_ids"]!
            .AsArray()
            .Select((row, r) => Ints(row!)[..Ints(expected["attention_mask"]![r]!).Sum()])
            .ToArray();

    private static float[] Slice(Tensor flat, long start) =>
        flat.narrow(0, start, Math.Min(6, flat.numel() - start)).data<float>().ToArray();

    private static void Near(float[] wanted, float[] found, double slack, string what)
    {
        Assert.Equal(wanted.Length, found.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Near(wanted[i], found[i], slack, $"{what} [{i}]");
        }
    }

    private static void Near(double wanted, double found, double slack, string what) =>
        Assert.True(Math.Abs(wanted - found) <= slack, $"{what}: wanted {wanted}, found {found}");

    /// <summary>AdamW by its formula, one tensor at a time: a reference that shares no code with the product's.</summary>
    private sealed class PlainAdamW(IReadOnlyList<(string Name, Parameter Parameter)> parameters, JsonNode settings)
    {
        private readonly (Tensor First, Tensor Second)[] _moments =
        [
            .. parameters.Select(p => (zeros_like(p.Parameter).detach(), zeros_like(p.Parameter).detach())),
        ];
        private int _steps;

        public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => parameters;

        public double Step(double rate, double clip)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            _steps++;
            var gradients = parameters.Select(p => p.Parameter.grad ?? zeros_like(p.Parameter)).ToArray();
            var norm = Math.Sqrt(gradients.Sum(g => Math.Pow(g.norm().item<float>(), 2)));
            var scale = Math.Min(1, clip / (norm + 1e-6));
            var (beta1, beta2) = (Number("betas", 0), Number("betas", 1));
            for (var i = 0; i < parameters.Count; i++)
            {
                var parameter = parameters[i].Parameter;
                var gradient = gradients[i] * scale;
                if (parameter.dim() > 1)
                {
                    parameter.mul_(1 - rate * settings["weight_decay"]!.GetValue<double>());
                }

                _moments[i].First.mul_(beta1).add_(gradient * (1 - beta1));
                _moments[i].Second.mul_(beta2).add_(gradient * gradient * (1 - beta2));
                var first = _moments[i].First / (1 - Math.Pow(beta1, _steps));
                var second = (_moments[i].Second / (1 - Math.Pow(beta2, _steps))).sqrt();
                parameter.sub_(first / (second + settings["eps"]!.GetValue<double>()) * rate);
                parameter.grad?.zero_();
            }

            return norm;
        }

        private double Number(string key, int at) => settings[key]![at]!.GetValue<double>();
    }
}
