using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Answering;

/// <summary>Which choice is the answer, against sums taken one by one.</summary>
public sealed class ChoiceScoreTests
{
    private static readonly string[] Choices =
    [
        "yes",
        "play music",
        "a very long answer that says the same thing again and again",
        "set timer",
    ];

    [Fact]
    public void Every_score_picks_by_its_formula()
    {
        var folder = ToolProcess.RepositoryFile("pipelines", "builtin", "tiny");
        using var model = ModelFolder.Load(folder);
        var tokenizer = Tokenizer.Load(folder);
        Question[] questions =
        [
            .. File.ReadLines(ToolProcess.RepositoryFile("pipelines", "data", "household.csv"))
                .Skip(1)
                .Take(24)
                .Select(
                    (text, i) =>
                        new Question(
                            new Example(i + 1, "ask", text, " yes", "yes"),
                            text,
                            Choices,
                            [.. Choices.Select(c => " " + c)]
                        )
                ),
        ];
        var picks = new List<string>();
        foreach (var score in Enum.GetValues<ChoiceScore>())
        {
            var responder = new Responder(
                model,
                tokenizer,
                new AnsweringOptions(
                    Boundary.Split,
                    tokenizer.EosId!.Value,
                    256,
                    new GenerationOptions(8, 0, 0, 1, 0, [], IgnoreEos: false)
                )
                {
                    ChoiceScore = score,
                }
            );

            var answers = responder.Respond(questions, scoreReference: false);

            Assert.Equal(
                questions.Select(q => Expected(model, tokenizer, q, score)),
                answers.Select(a => a.Prediction)
            );
            Assert.All(answers, a => Assert.Equal(a.Prediction == "yes", a.Correct));
            picks.Add(string.Join('|', answers.Select(a => a.Prediction)));
        }

        Assert.True(picks.Distinct().Count() > 2, string.Join('\n', picks));
    }

    private static string Expected(CausalModel model, Tokenizer tokenizer, Question question, ChoiceScore score)
    {
        var values = Choices
            .Select(choice =>
            {
                var asked = Sum(model, tokenizer, question.Prompt, choice);
                return score switch
                {
                    ChoiceScore.PerToken => asked.LogProb / asked.Tokens,
                    ChoiceScore.PerCharacter => asked.LogProb / choice.Length,
                    ChoiceScore.Calibrated => asked.LogProb - Sum(model, tokenizer, "", choice).LogProb,
                    _ => asked.LogProb,
                };
            })
            .ToList();
        return Choices[values.IndexOf(values.Max())];
    }

    private static SequenceScore Sum(CausalModel model, Tokenizer tokenizer, string prompt, string choice)
    {
        var end = tokenizer.EosId!.Value;
        var whole = ExampleEncoder.Encode(tokenizer, prompt, " " + choice, Boundary.Split, end);
        int[] before = whole.PromptLength == 0 ? [tokenizer.BosId ?? end] : [];
        int[] ids = [.. before, .. whole.InputIds];
        var scored = ids.Select((_, i) => i >= before.Length + whole.PromptLength).ToArray();
        return new Scorer(model).Score([new TrainingExample(ids, scored)])[0];
    }
}
