using System.Text.Json.Nodes;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Training;

/// <summary>Cross-entropy, its gradient and token accuracy (fixtures/losses).</summary>
public sealed class LossFixtureTests
{
    public static TheoryData<string, string> Terms() =>
        FixtureFile.Cases(
            "losses/expected.json",
            doc =>
                [
                    .. doc["label_smoothing"]!.AsArray().Select((_, i) => $"label_smoothing {i}"),
                    .. doc["z_loss"]!.AsArray().Select((_, i) => $"z_loss {i}"),
                ]
        );

    [SkippableTheory]
    [MemberData(nameof(Terms))]
    public void Smoothing_and_z_loss(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        var place = name.Split(' ');
        var one = doc[place[0]]![int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture)]!;
        using var scope = NewDisposeScope();
        var (logits, picked, labels, _) = Labels(doc);
        var model = new FixedLogits(eye(picked.shape[1]));
        var count = doc["label_tokens"]!.GetValue<int>();
        var options = new LossOptions(one["epsilon"]?.Number() ?? 0, one["coefficient"]?.Number() ?? 0);
        var loss = HeadLoss.Backward(model, picked, labels, 1.0 / count, options: options) / count;
        var golden = one["loss"]!.Number();
        Assert.InRange(loss - golden, -1e-6 * golden, 1e-6 * golden);
        Assert.All(
            logits.grad!.data<float>().ToArray().Zip(one["grad"]!.Floats()),
            p => Assert.InRange(p.First - p.Second, -1e-6, 1e-6)
        );
    }

    private static (Tensor Logits, Tensor Picked, Tensor Labels, List<double> Losses) Labels(JsonNode doc)
    {
        var shape = doc["logits"]!.Shape();
        var logits = tensor(doc["logits"]!.Floats()).reshape(-1, shape[2]).requires_grad_();
        var places = new List<long>();
        var targets = new List<long>();
        var wanted = new List<double>();
        for (var b = 0; b < shape[0]; b++)
        {
            for (var t = 0; t + 1 < shape[1]; t++)
            {
                if (doc["labels"]![b]![t + 1]!.GetValue<int>() is >= 0 and var label)
                {
                    places.Add(b * shape[1] + t);
                    targets.Add(label);
                    wanted.Add(doc["cross_entropy"]!["per_token"]![b]![t]!.Number());
                }
            }
        }

        return (logits, logits.index_select(0, tensor(places.ToArray())), tensor(targets.ToArray()), wanted);
    }

    public static TheoryData<string, string> Cases() => FixtureFile.Cases("losses/expected.json", _ => ["nll"]);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Loss_gradient_and_accuracy(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        Assert.Equal("nll", name);
        var doc = FixtureFile.Read(file);
        using var scope = NewDisposeScope();
        // With a head that is the identity, hidden states are the logits.
        var (logits, picked, labels, wanted) = Labels(doc);
        var model = new FixedLogits(eye(picked.shape[1]));
        var count = doc["label_tokens"]!.GetValue<int>();
        Assert.Equal(count, wanted.Count);
        var (logProbs, right) = HeadLoss.Score(model, picked, labels);
        Assert.All(logProbs.Zip(wanted), p => Assert.InRange(p.First + p.Second, -1e-6 * 10, 1e-6 * 10));
        Assert.Equal(doc["mean_token_accuracy"]!.Number(), right.Count(r => r) / (double)count, 6);
        var figures = new LabelFigures();
        var sum = HeadLoss.Backward(model, picked, labels, 1.0 / count, seen: figures.Add);
        Assert.Equal(doc["entropy"]!["mean"]!.Number(), LabelFigures.Entropy([figures]), 1e-6);
        Assert.Equal(doc["mean_token_accuracy"]!.Number(), LabelFigures.Accuracy([figures]), 1e-8);
        var golden = doc["cross_entropy"]!["sum"]!.Number();
        Assert.InRange(sum - golden, -1e-6 * golden, 1e-6 * golden);
        var gradient = doc["cross_entropy"]!["grad_of_mean"]!.Floats();
        Assert.All(
            logits.grad!.data<float>().ToArray().Zip(gradient),
            p => Assert.InRange(p.First - p.Second, -1e-6, 1e-6)
        );
    }
}
