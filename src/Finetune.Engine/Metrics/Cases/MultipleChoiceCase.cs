using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Questions with choices and their log-probabilities.</summary>
internal static class MultipleChoiceCase
{
    /// <summary>What each way of comparing picks, and how often it is right. Mutual information needs
    /// <c>unconditional</c> in every row, and is left out without it.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var rows = input["rows"].Items().Select(Question.Of).ToList();
        var answer = new JsonObject
        {
            ["acc"] = Picked(rows, row => ChoicePick.BySum(row.LogProbs)),
            ["acc_norm"] = Picked(rows, row => ChoicePick.ByCharacters(row.LogProbs, row.Choices)),
            ["acc_norm_bytes"] = Picked(rows, row => ChoicePick.ByBytes(row.LogProbs, row.Choices)),
        };
        if (rows.TrueForAll(row => row.Unconditional is not null))
        {
            answer["acc_mutual_info"] = Picked(
                rows,
                row => ChoicePick.ByMutualInformation(row.LogProbs, row.Unconditional!)
            );
        }

        return answer;
    }

    private static JsonObject Picked(List<Question> rows, Func<Question, int> pick)
    {
        var picked = rows.Select(pick).ToList();
        return new()
        {
            ["picked"] = CaseOutput.List(picked),
            ["value"] = CaseOutput.Number(Accuracy.Of(picked.Zip(rows, (place, row) => place == row.Gold))),
        };
    }

    private sealed record Question(List<string> Choices, double[] LogProbs, double[]? Unconditional, int Gold)
    {
        public static Question Of(CaseInput row)
        {
            var choices = row["choices"].Texts();
            var logProbs = row["logprobs"].Numbers();
            var unconditional = row.Has("unconditional") ? row["unconditional"].Numbers() : null;
            CaseInput.SameLength(choices.Count, logProbs.Length, $"{row.Path}: choices and logprobs");
            CaseInput.SameLength(
                choices.Count,
                unconditional?.Length ?? choices.Count,
                $"{row.Path}: choices and unconditional"
            );
            return new(choices, logProbs, unconditional, row["gold"].Whole(0, choices.Count - 1));
        }
    }
}
