using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Generation;

/// <summary>Choices with common beginnings, after prompts with a common beginning.</summary>
public sealed class TokenTreeTests
{
    private static readonly int[][] Completions =
    [
        [5, 6, 2],
        [5, 6, 8, 2],
        [2],
        [5, 2],
        [7, 6, 8, 2],
        [5, 6, 2],
        [],
    ];

    [Fact]
    public void Common_beginnings_are_there_once()
    {
        var tree = new TokenTree(Completions);
        Assert.Equal([5, 6, 8, 7, 6, 8], tree.Ids);
        Assert.Equal([0, 1, 2, 0, 1, 2], tree.Depths);
        Assert.Equal([(TokenTree.Root, 5), (0, 6), (1, 2)], tree.Paths[0]);
        Assert.Equal(tree.Paths[0], tree.Paths[5]);
        Assert.Equal([true, true, true, false, false, false], tree.Sight()[12..18]);
        Assert.Equal([false, false, false, true, true, true], tree.Sight()[30..]);
    }

    [Theory]
    [InlineData("llama", 0)]
    [InlineData("llama", 40)]
    [InlineData("mistral", 40)]
    public void They_score_as_whole_sequences_do(string family, int common)
    {
        using var folder = TinyModel.Folder(config =>
        {
            config["model_type"] = family;
            if (family == "mistral")
            {
                config["sliding_window"] = 4;
            }
        });
        using var model = ModelFolder.Initialize(folder.Path, 3);
        Assert.Equal(family == "llama", TreeScorer.Takes(model));
        int[] start = [.. Enumerable.Range(0, common).Select(i => 3 + i % 30)];
        int[][] prompts =
        [
            [.. start, 1, 9],
            [.. start, 4],
            [.. start, 4, 4, 11],
        ];
        var found = new Scorer(model).ScoreChoices([
            .. prompts.Select((p, i) => (p, (IReadOnlyList<int[]>)(i == 1 ? Completions[1..3] : Completions))),
        ]);
        for (var r = 0; r < prompts.Length; r++)
        {
            var asked = r == 1 ? Completions[1..3] : Completions;
            var whole = new Scorer(model).Score([.. asked.Select(c => Whole(prompts[r], c))]);
            Assert.Equal(asked.Length, found[r].Length);
            Assert.All(whole.Zip(found[r]), p => Assert.InRange(p.First.LogProb - p.Second, -1e-5, 1e-5));
        }
    }

    private static TrainingExample Whole(int[] prompt, int[] completion)
    {
        int[] ids = [.. prompt, .. completion];
        return new TrainingExample(ids, [.. ids.Select((_, i) => i >= prompt.Length)]);
    }
}
