using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Verdict;

/// <summary>Contenders are compared only where they answered the same rows in the same wordings and order.</summary>
internal static class SameRows
{
    /// <summary>Checks all contenders against the first.</summary>
    /// <exception cref="PipelineException">FT8201: they differ, FT8202: there is no test row.</exception>
    public static void Check(IReadOnlyList<string> names, IReadOnlyList<List<Answered>> answers)
    {
        if (answers.Any(a => a.Count == 0))
        {
            throw Refused(
                "FT8202",
                "there are no test rows to judge by",
                "give the test split a larger share, or a source of its own"
            );
        }

        var first = answers[0];
        for (var other = 1; other < answers.Count; other++)
        {
            var second = answers[other];
            for (var i = 0; i < Math.Min(first.Count, second.Count); i++)
            {
                var (a, b) = (first[i], second[i]);
                if (a.Row != b.Row || a.Template != b.Template || a.Reference != b.Reference)
                {
                    throw Unlike(
                        $"answer {i + 1} of {names[0]} is {Place(a)}, of {names[other]} {Place(b)}",
                        names[other]
                    );
                }
            }

            if (first.Count != second.Count)
            {
                throw Unlike($"{names[0]} gave {first.Count} answers, {names[other]} {second.Count}", names[other]);
            }
        }
    }

    private static string Place(Answered answer) =>
        $"row {answer.Row} in template '{answer.Template}' (right: '{answer.Reference}')";

    private static PipelineException Unlike(string found, string name) =>
        Refused(
            "FT8201",
            $"contenders answered unlike rows and cannot be compared: {found}",
            $"run again with --force evaluate.{name}"
        );

    private static PipelineException Refused(string code, string message, string cure) =>
        new(new Diagnostic(code, message, Cure: cure), ExitCode.StepFailed);
}
