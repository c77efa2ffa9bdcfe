using System.Text.Json.Nodes;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Training;

/// <summary>Rates of Transformers' schedules (fixtures/schedules).</summary>
public sealed class ScheduleFixtureTests
{
    private static readonly Dictionary<string, ScheduleKind> Kinds = new(StringComparer.Ordinal)
    {
        ["constant"] = ScheduleKind.Constant,
        ["constant_with_warmup"] = ScheduleKind.Constant,
        ["linear"] = ScheduleKind.Linear,
        ["cosine"] = ScheduleKind.Cosine,
        ["cosine_with_min_lr"] = ScheduleKind.Cosine,
        ["cosine_warmup_with_min_lr"] = ScheduleKind.CosineWarmupWithFloor,
        ["cosine_with_restarts"] = ScheduleKind.CosineWithRestarts,
        ["polynomial"] = ScheduleKind.Polynomial,
        ["inverse_sqrt"] = ScheduleKind.InverseSqrt,
        ["warmup_stable_decay"] = ScheduleKind.WarmupStableDecay,
    };

    public static TheoryData<string, string> Cases() =>
        FixtureFile.Cases(
            "schedules/expected.json",
            doc => Enumerable.Range(0, doc["cases"]!.AsArray().Count).Select(i => $"{i} {doc["cases"]![i]!["name"]}")
        );

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Rates_are_those_of_transformers(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var doc = FixtureFile.Read(file);
        var one = doc["cases"]![int.Parse(name.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)]!;
        var kind = one["name"]!.GetValue<string>();
        var peak = doc["base_lr"]!.Number();
        var settings = one["settings"]!.AsObject();
        var warmup = kind == "constant" ? 0 : one["warmup_steps"]!.GetValue<int>();
        var floor =
            settings["min_lr_rate"]?.Number()
            ?? settings["min_lr_ratio"]?.Number()
            ?? (settings["min_lr"]?.Number() ?? settings["lr_end"]?.Number() ?? (kind == "polynomial" ? 1e-7 : 0))
                / peak;
        var schedule = new Schedule(Kinds[kind], warmup, floor)
        {
            Cycles = settings["num_cycles"]?.Number(),
            Power = settings["power"]?.Number() ?? 1,
            DecaySteps = settings["num_decay_steps"]?.GetValue<int>() ?? 0,
            DecayShape = Shape(settings["decay_type"], ScheduleShape.Cosine),
            WarmupShape = Shape(settings["warmup_type"], ScheduleShape.Linear),
            WarmupFloor = settings["warmup_lr_rate"]?.Number(),
            Timescale = settings["timescale"]?.GetValue<int>(),
        };
        var total = one["total_steps"]!.GetValue<int>();
        // Recorded to the last step at least.
        var recorded = Math.Min(total + 1, one["lr"]!.AsArray().Count);
        Assert.InRange(recorded, total, total + 1);
        for (var k = 0; k < recorded; k++)
        {
            var wanted = one["lr"]![k]!.Number();
            Assert.InRange(schedule.Rate(peak, k, total) - wanted, -1e-8 * peak, 1e-8 * peak);
        }
    }

    private static ScheduleShape Shape(JsonNode? word, ScheduleShape otherwise) =>
        word?.GetValue<string>() switch
        {
            null => otherwise,
            "linear" => ScheduleShape.Linear,
            "cosine" => ScheduleShape.Cosine,
            _ => ScheduleShape.OneMinusSqrt,
        };
}
