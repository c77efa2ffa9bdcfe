using Finetune.Stages.Artifacts;
using Finetune.Stages.Evaluate;

namespace Finetune.Tests.Stages.Evaluate;

public sealed class ShotChoiceTests
{
    private static readonly (string Text, string Label)[] Texts =
    [
        ("my card did not arrive", "arrival"),
        ("where is the card I ordered", "arrival"),
        ("I lost my card on the train", "lost"),
        ("please top up my account", "top_up"),
        ("the top up did not work", "top_up"),
        ("my wallet was stolen", "lost"),
    ];

    private static readonly IReadOnlyList<Example> Examples =
    [
        .. Texts.SelectMany(
            (t, i) => new[] { Example(i + 1, "ask", t.Text, t.Label), Example(i + 1, "terse", t.Text, t.Label) }
        ),
    ];

    // By the formula: idf ln(1.6); lengths 3, 2, 5, their mean 10 / 3.
    [Fact]
    public void Bm25_is_what_its_formula_says()
    {
        var texts = new Bm25(["The cat sat", "the dog", "the cat, and the CAT"]);

        var scores = texts.Scores("a cat?");

        Assert.Equal(Math.Log(1.6) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3 / (10 / 3.0))), scores[0], 12);
        Assert.Equal(0, scores[1]);
        Assert.Equal(Math.Log(1.6) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 5 / (10 / 3.0))), scores[2], 12);
        Assert.Empty(new Bm25([]).Scores("cat"));
    }

    [Fact]
    public void Words_are_found_in_scripts_with_and_without_spaces()
    {
        var texts = new Bm25(["我的卡丢了", "Где моя карта?", "أين بطاقتي", "บัตรของฉันหาย"]);

        Assert.Equal([0], Found(texts.Scores("卡在哪里")));
        Assert.Equal([1], Found(texts.Scores("КАРТА")));
        Assert.Equal([2], Found(texts.Scores("بطاقتي")));
        Assert.Equal([3], Found(texts.Scores("หาย")));
        Assert.Empty(Found(texts.Scores("بطاقة")));

        static IEnumerable<int> Found(double[] scores) => scores.Index().Where(s => s.Item > 0).Select(s => s.Index);
    }

    [Fact]
    public void Nearest_are_chosen_by_question_and_the_nearest_stands_last()
    {
        var choice = ShotChoice.Of("nearest", Examples, 2, seed: 1);

        Assert.Empty(choice.Always);
        Assert.Equal(5, choice.Before(Example(99, "ask", "top up does not work", "?"))[^1]);
        Assert.Equal(3, choice.Before(Example(99, "terse", "I lost my train ticket", "?"))[^1]);
        Assert.Equal(2, choice.Before(Example(99, "ask", "my wallet", "?")).Count);

        // Nothing in common but the template: some rows, whatever the seed.
        var stranger = Example(99, "ask", "zzz", "?");
        Assert.Equal(choice.Before(stranger), ShotChoice.Of("nearest", Examples, 2, seed: 9).Before(stranger));
    }

    [Fact]
    public void Each_label_comes_once_before_any_comes_twice()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var rows = ShotChoice.Of("each_label", Examples, 5, seed).Always;
            var labels = rows.Select(row => Texts[(int)row - 1].Label).ToList();
            Assert.Equal(5, rows.Distinct().Count());
            Assert.Equal(3, labels.Take(3).Distinct().Count());
        }

        Assert.True(
            Enumerable
                .Range(0, 20)
                .Select(seed => string.Join(' ', ShotChoice.Of("each_label", Examples, 3, seed).Always))
                .Distinct()
                .Count() > 3
        );
    }

    [Fact]
    public void First_and_random_are_the_same_for_every_question()
    {
        Assert.Equal([1, 2, 3], ShotChoice.Of("first", Examples, 3, seed: 5).Always);
        Assert.Equal(6, ShotChoice.Of("first", Examples, 60, seed: 5).Always.Count);
        var random = ShotChoice.Of(null, Examples, 3, seed: 5);
        Assert.Equal(random.Always, random.Before(Examples[0]));
        Assert.Equal(random.Always, ShotChoice.Of(null, [.. Examples.Reverse()], 3, seed: 5).Always);
        Assert.Throws<ArgumentException>(() => ShotChoice.Of("best", Examples, 3, seed: 5));
    }

    private static Example Example(long row, string template, string text, string label) =>
        new(row, template, $"Which intent?\nMessage: {text}\nIntent:", $" {label}", label);
}
