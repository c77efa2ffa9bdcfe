using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Training;

/// <summary>Rates of Transformers' schedules (fixtures/schedules).</summary>
public sealed class ScheduleFixtureTests
{
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
        var cycles = settings["num_cycles"]?.Number() ?? 0.5;
        Skip.If(cycles != 0.5, $"cosine with {cycles} cycles is not supported");
        var warmup = kind == "constant" ? 0 : one["warmup_steps"]!.GetValue<int>();
        var floor = settings["min_lr_rate"]?.Number() ?? (settings["min_lr"]?.Number() ?? 0) / peak;
        var schedule = kind switch
        {
            "constant" or "constant_with_warmup" => new Schedule(ScheduleKind.Constant, warmup),
            "linear" => new Schedule(ScheduleKind.Linear, warmup),
            "cosine" or "cosine_with_min_lr" => new Schedule(ScheduleKind.Cosine, warmup, floor),
            _ => null,
        };
        Skip.If(schedule is null, $"schedule {kind} is not supported");
        var total = one["total_steps"]!.GetValue<int>();
        for (var k = 0; k <= total; k++)
        {
            var wanted = one["lr"]![k]!.Number();
            Assert.InRange(schedule.Rate(peak, k, total) - wanted, -1e-8 * peak, 1e-8 * peak);
        }
    }
}
