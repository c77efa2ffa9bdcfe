using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges the predictions of all contenders. Inputs <c>predictions.CONTENDER</c> and <c>summary.CONTENDER</c>;
/// <c>predictions.tuned.seed_SEED</c> of further seeds; <c>general.zero_shot</c> and <c>general.tuned</c>.</summary>
public sealed class VerdictStage : IStage
{
    private const double Confidence = 0.95;
    private const string Tuned = "tuned";
    private static readonly string[] GeneralNames = ["zero_shot", Tuned];

    /// <inheritdoc/>
    public string Kind => "verdict";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("verdict", "verdict.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        Task.Run(() => Run(context, cancellationToken), cancellationToken);

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<VerdictSettings>(context.Step.Settings);
        var names = settings.Contenders;
        var reader = AnswerReader.Of(settings.Answers);
        var own = new OwnMetrics(settings.Own, settings.Own is null ? null : context.Input("rows"));
        var answers = names
            .Select(n => Answered.ReadAll(context.Input($"predictions.{n}"), reader, own, cancellationToken))
            .ToList();
        SameRows.Check(names, answers);

        var rows = new RowTotals(answers[0]);
        var contenders = new Dictionary<string, ContenderVerdict>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var summary = SummaryFile.Read<EvaluationSummary>(context.Input($"summary.{names[i]}"));
            contenders[names[i]] = ContenderJudge.Judge(answers[i], rows, settings.Metrics, summary, Confidence);
        }

        var ranked = Ranked(names, answers);
        var verdict = new VerdictRecord(
            VerdictFile.Version,
            rows.Count,
            answers[0].Count,
            [.. answers[0].Select(a => a.Template).Distinct(StringComparer.Ordinal)],
            settings.Metrics,
            Confidence,
            contenders,
            PairJudge.Adjusted([.. Pairs(settings.Metrics, ranked, rows, cancellationToken)]),
            [.. ranked.SkipLast(1).Select(other => Flips(other, ranked[^1]))]
        )
        {
            Answers = settings.Answers,
            Seeds = settings.Seeds is null
                ? null
                : Seeds(context, settings, ranked, rows, reader, own, cancellationToken),
            General = settings.General is null ? null : General(context, settings, reader, cancellationToken),
        };
        VerdictFile.Write(
            context.Output("verdict"),
            settings.Slices is null
                ? verdict
                : verdict with
                {
                    Slices = Slices(context, settings.Slices, ranked, verdict),
                }
        );
    }

    private static GeneralVerdict General(
        StageContext context,
        VerdictSettings settings,
        AnswerReader? reader,
        CancellationToken cancellationToken
    )
    {
        var own = new OwnMetrics(settings.Own, settings.Own is null ? null : context.Input("general.rows"));
        return GeneralJudge.Judge(
            settings.General!,
            [
                .. GeneralNames.Select(name =>
                    (name, Answered.ReadAll(context.Input($"general.{name}"), reader, own, cancellationToken))
                ),
            ],
            settings.Metrics,
            Confidence
        );
    }

    private static SeedVerdict Seeds(
        StageContext context,
        VerdictSettings settings,
        List<(string Name, List<Answered> Answers)> ranked,
        RowTotals rows,
        AnswerReader? reader,
        OwnMetrics own,
        CancellationToken cancellationToken
    )
    {
        var first = ranked.Find(c => c.Name == Tuned);
        List<(string Name, List<Answered> Answers)> tuned =
        [
            first,
            .. settings
                .Seeds!.Skip(1)
                .Select(seed => SeedNames.Of(Tuned, seed))
                .Select(name =>
                    (name, Answered.ReadAll(context.Input($"predictions.{name}"), reader, own, cancellationToken))
                ),
        ];
        SameRows.Check([.. tuned.Select(t => t.Name)], [.. tuned.Select(t => t.Answers)]);
        return SeedJudge.Judge(
            settings.Seeds!,
            [.. tuned.Select(t => t.Answers)],
            [.. ranked.Where(c => c.Name != Tuned)],
            settings.Metrics,
            rows,
            Confidence
        );
    }

    private static List<SliceVerdict> Slices(
        StageContext context,
        IReadOnlyList<SliceSettings> slices,
        List<(string Name, List<Answered> Answers)> ranked,
        VerdictRecord verdict
    )
    {
        var rows = RowFile.Read(context.Input("rows")).ToList();
        var pair = VerdictSentence.Headline(verdict);
        return
        [
            .. slices.Select(slice =>
                SliceJudge.Judge(slice, rows, ranked, pair is null ? null : (pair.First, pair.Second), Confidence)
            ),
        ];
    }

    // The tuned model last, so that it is the second of every pair it is in: a gain is a difference above 0.
    private static List<(string Name, List<Answered> Answers)> Ranked(
        IReadOnlyList<string> names,
        List<List<Answered>> answers
    ) => [.. names.Zip(answers).OrderBy(c => c.First == Tuned ? 1 : 0)];

    private static IEnumerable<PairVerdict> Pairs(
        IReadOnlyList<string> metrics,
        List<(string Name, List<Answered> Answers)> ranked,
        RowTotals rows,
        CancellationToken cancellationToken
    )
    {
        foreach (var metric in metrics.Select(RatioMetric.Of))
        {
            for (var second = 1; second < ranked.Count; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (PairJudge.Judge(metric, ranked[first], ranked[second], rows, Confidence) is { } pair)
                    {
                        yield return pair;
                    }
                }
            }
        }
    }

    private static FlipRecord Flips(
        (string Name, List<Answered> Answers) first,
        (string Name, List<Answered> Answers) second
    ) =>
        new(
            first.Name,
            second.Name,
            [.. PairJudge.Flips(first.Answers, second.Answers)],
            [.. PairJudge.Flips(second.Answers, first.Answers)]
        );
}
