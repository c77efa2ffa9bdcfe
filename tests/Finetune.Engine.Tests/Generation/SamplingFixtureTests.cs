using System.Globalization;
using Finetune.Engine.Generation;
using Finetune.Engine.Tests.Training;

namespace Finetune.Engine.Tests.Generation;

/// <summary>Probabilities after Transformers' logits processors (fixtures/sampling).</summary>
public sealed class SamplingFixtureTests
{
    private static readonly HashSet<string> Known = ["temperature", "top_k", "top_p"];

    public static TheoryData<string, string> Cases() =>
        FixtureFile.Cases(
            "sampling/expected.json",
            doc => doc["cases"]!.AsArray().Select((c, i) => $"{i} {c!["logits"]} {c["settings"]!.ToJsonString()}")
        );

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Probabilities(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        var one = doc["cases"]![int.Parse(name.Split(' ')[0], CultureInfo.InvariantCulture)]!;
        var settings = one["settings"]!.AsObject();
        Skip.IfNot(settings.All(s => Known.Contains(s.Key)), $"{name}: not supported");
        var found = TokenDistribution.Of(
            doc["logits"]![one["logits"]!.GetValue<string>()]!.Floats(),
            settings["temperature"]?.Number() ?? 1,
            settings["top_k"]?.GetValue<int>() ?? 0,
            settings["top_p"]?.Number() ?? 1
        );
        var kept = one["kept"]?.Ints() ?? [.. Enumerable.Range(0, found.Length)];
        Assert.Equal(kept, Enumerable.Range(0, found.Length).Where(i => found[i] > 0));
        for (var i = 0; i < kept.Length; i++)
        {
            Assert.InRange(found[kept[i]] - one["probabilities"]![i]!.Number(), -1e-6, 1e-6);
        }
    }
}
