using System.Globalization;
using Finetune.Cli.Invocation;
using Finetune.Engine.Generation;

namespace Finetune.Cli.Batch;

/// <summary>Holds what a command line asks of decoding against its bounds.</summary>
internal static class DecodingArguments
{
    /// <summary>The same options.</summary>
    /// <exception cref="UsageException">A number outside its bounds.</exception>
    public static GenerationOptions Checked(GenerationOptions options)
    {
        var rules = options.Rules;
        Check("--temperature", options.Temperature, options.Temperature >= 0, "0 or more");
        Check("--top-k", options.TopK, options.TopK >= 0, "0 or more");
        Check("--top-p", options.TopP, options.TopP is > 0 and <= 1, "more than 0 and at most 1");
        Check("--top-h", rules.TopH, rules.TopH is > 0 and <= 1, "more than 0 and at most 1");
        Check("--typical-p", rules.TypicalP, rules.TypicalP is > 0 and <= 1, "more than 0 and at most 1");
        Check("--min-p", rules.MinP, rules.MinP is >= 0 and < 1, "at least 0 and less than 1");
        Check(
            "--epsilon-cutoff",
            rules.EpsilonCutoff,
            rules.EpsilonCutoff is >= 0 and < 1,
            "at least 0 and less than 1"
        );
        Check("--eta-cutoff", rules.EtaCutoff, rules.EtaCutoff is >= 0 and < 1, "at least 0 and less than 1");
        Check("--repetition-penalty", rules.RepetitionPenalty, rules.RepetitionPenalty > 0, "more than 0");
        Check("--no-repeat-ngram", rules.NoRepeatNgramSize, rules.NoRepeatNgramSize >= 0, "0 or more");
        Check("--presence-penalty", rules.PresencePenalty, rules.PresencePenalty is >= -2 and <= 2, "-2 to 2");
        Check("--frequency-penalty", rules.FrequencyPenalty, rules.FrequencyPenalty is >= -2 and <= 2, "-2 to 2");
        return options;
    }

    private static void Check(string option, double number, bool fits, string wanted)
    {
        if (!fits || !double.IsFinite(number))
        {
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"{option} is {number}"),
                $"give {wanted}"
            );
        }
    }
}
