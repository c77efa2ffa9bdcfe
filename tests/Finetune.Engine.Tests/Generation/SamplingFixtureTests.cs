using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Engine.Generation;
using Finetune.Engine.Generation.Sampling;
using Finetune.Engine.Tests.Training;

namespace Finetune.Engine.Tests.Generation;

/// <summary>Probabilities after Transformers' logits processors (fixtures/sampling).</summary>
public sealed class SamplingFixtureTests
{
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
        var logits = doc["logits"]![one["logits"]!.GetValue<string>()]!.Floats();
        var context = doc["context"]![logits.Length.ToString(CultureInfo.InvariantCulture)]!.Ints();
        var found = new TokenDistribution(
            Options(settings),
            new HashSet<int> { doc["eos_token_id"]!.GetValue<int>() }
        ).Of(logits, context);
        var kept = one["kept"]?.Ints() ?? [.. Enumerable.Range(0, found.Length)];
        Assert.Equal(kept, Enumerable.Range(0, found.Length).Where(i => found[i] > 0));
        for (var i = 0; i < kept.Length; i++)
        {
            Assert.InRange(found[kept[i]] - one["probabilities"]![i]!.Number(), -1e-6, 1e-6);
        }
    }

    private static GenerationOptions Options(JsonObject settings)
    {
        double Number(string key, double off) => settings[key]?.Number() ?? off;
        int Whole(string key) => settings[key]?.GetValue<int>() ?? 0;
        int[][] Lists(JsonNode? lists) => [.. (lists?.AsArray() ?? []).Select(ids => ids!.Ints())];
        return new GenerationOptions(
            1,
            Number("temperature", 1),
            Whole("top_k"),
            Number("top_p", 1),
            0,
            [],
            IgnoreEos: false
        )
        {
            Rules = new ScoreRules
            {
                PresencePenalty = Number("presence_penalty", 0),
                FrequencyPenalty = Number("frequency_penalty", 0),
                SequenceBias =
                [
                    .. (settings["sequence_bias"]?.AsArray() ?? []).Select(pair =>
                        ((IReadOnlyList<int>)pair![0]!.Ints(), pair[1]!.Number())
                    ),
                ],
                RepetitionPenalty = Number("repetition_penalty", 1),
                NoRepeatNgramSize = Whole("no_repeat_ngram_size"),
                BadWords = Lists(settings["bad_words_ids"]),
                SuppressedTokens = settings["suppress_tokens"]?.Ints() ?? [],
                TopH = Number("top_h", 1),
                MinP = Number("min_p", 0),
                TypicalP = Number("typical_p", 1),
                EpsilonCutoff = Number("epsilon_cutoff", 0),
                EtaCutoff = Number("eta_cutoff", 0),
            },
        };
    }
}
