using Finetune.Stages.Artifacts;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Several seeds, general questions, and models that the pipeline does not make, on the real process.</summary>
public sealed class ContenderRunTests
{
    [SkippableFact]
    public void Seeds_general_questions_and_other_models_are_asked_and_judged()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 3,");
        work.Edit("pipeline.yml", "report:", "export: [{ format: huggingface, to: out/model }]\nreport:");
        var first = work.Run();
        Assert.True(first.ExitCode == 0, first.Error);
        Directory.Move(Path.Combine(work.Folder, "out"), Path.Combine(work.Folder, "released"));

        File.WriteAllText(
            Path.Combine(work.Folder, "trivia.csv"),
            "question,answer\n"
                + string.Concat(Enumerable.Range(0, 12).Select(i => $"is {i} even,{(i % 2 == 0 ? "yes" : "no")}\n"))
        );
        work.Edit("pipeline.yml", "\nsplits:", "\n  trivia: { path: trivia.csv }\nsplits:");
        work.Edit(
            "pipeline.yml",
            "\nmodel:",
            "\n  quiz: { prompt: \"{{ question }}?\", completion: \" {{ answer }}\", answer: answer, choices: distinct }\n\nmodel:"
        );
        work.Edit(
            "pipeline.yml",
            "evaluation: { compare: [zero_shot, tuned],",
            """
              - { name: more, max_steps: 2 }
            evaluation:
              {
                general: { source: trivia, templates: [quiz] },
                compare: [zero_shot, { name: exported, model: released/model }, { stage: instruct }, tuned],
            """ + "   "
        );
        File.AppendAllText(
            work.Pipeline,
            "seeds: [3, 5]\nrequire: [tuned.general >= 0, tuned_seeds.accuracy.high >= 0]\n"
        );
        var second = work.Run();
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Contains("verdict: over 2 seeds ", second.Error, StringComparison.Ordinal);
        Assert.Contains("verdict: on trivia (12 rows) accuracy ", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("evaluate.zero_shot ", second.Executed + " ", StringComparison.Ordinal);

        var verdict = VerdictFile.Read(second.PathOf("verdict", "verdict"));
        Assert.Equal(["zero_shot", "exported", "after_instruct", "tuned"], verdict.Contenders.Keys);
        Assert.Equal([3L, 5L], verdict.Seeds!.Seeds);
        Assert.Equal(12, verdict.General!.Rows);

        // What is exported answers as the model it was made from, to rounding.
        Assert.Equal(
            Answers(first, "tuned").Select(a => (a.Row, a.Prediction)),
            Answers(second, "exported").Select(a => (a.Row, a.Prediction))
        );
        Assert.NotEqual(
            Answers(second, "tuned").Select(a => a.LogProb),
            Answers(second, "tuned.seed_5").Select(a => a.LogProb)
        );
        Assert.Equal("", work.Run().Executed);

        IEnumerable<Answer> Answers(ToolProcess run, string contender) =>
            AnswerFile.Read(run.PathOf($"evaluate.{contender}", "predictions"));
    }
}
