using CsCheck;

namespace Finetune.Tests.Engine.Tokenizers;

public sealed class BpeTests
{
    private static readonly string[] Parts = ["a", "b", "c", "ab", "ba", "aa", "cc", "ca"];

    private static readonly Gen<(string, string)> Merge = Gen.Select(
        Gen.Int[0, Parts.Length - 1],
        Gen.Int[0, Parts.Length - 1],
        (left, right) => (Parts[left], Parts[right])
    );

    [Fact]
    public void Words_of_every_length_merge_by_rank_and_leftmost() =>
        Gen.Select(Merge.Array[1, 12], Gen.Char["abc"].Array[0, 200])
            .Sample(
                (merges, letters) =>
                {
                    using var small = new SmallTokenizer();
                    var known = Known(merges);
                    var text = new string(letters);

                    var made = small.Load(SmallTokenizer.ByteLevel(known)).Encode(text, addSpecialTokens: false).Tokens;

                    Assert.Equal(Naive(text, known), made);
                },
                iter: 60,
                seed: "0000000000001"
            );

    [Fact]
    public void A_very_long_word_merges_as_its_parts_do()
    {
        using var small = new SmallTokenizer();
        (string, string)[] merges = [("b", "a"), ("a", "b"), ("ba", "ba"), ("baba", "ba"), ("a", "a"), ("aa", "ba")];
        var tokenizer = small.Load(SmallTokenizer.ByteLevel(merges));
        var part = "abbabaabababbaaabbbabababa";
        var word = string.Concat(Enumerable.Repeat(part, 20));

        var naive = Naive(word, merges);
        var long_ = tokenizer.Encode(string.Concat(Enumerable.Repeat(part, 1000)), addSpecialTokens: false).Tokens;

        Assert.Equal(naive, tokenizer.Encode(word, addSpecialTokens: false).Tokens);
        Assert.Equal(naive.Take(200), long_.Take(200));
    }

    // Only merges whose parts exist by then.
    private static (string, string)[] Known((string Left, string Right)[] merges)
    {
        var tokens = new HashSet<string>(StringComparer.Ordinal) { "a", "b", "c" };
        return
        [
            .. merges
                .DistinctBy(merge => merge)
                .Where(merge =>
                    tokens.Contains(merge.Left) && tokens.Contains(merge.Right) && tokens.Add(merge.Left + merge.Right)
                ),
        ];
    }

    private static List<string> Naive(string text, (string Left, string Right)[] merges)
    {
        var symbols = text.Select(c => c.ToString()).ToList();
        foreach (var (left, right) in Endless(symbols, merges))
        {
            var at = Enumerable.Range(0, symbols.Count - 1).First(i => symbols[i] == left && symbols[i + 1] == right);
            symbols[at] = left + right;
            symbols.RemoveAt(at + 1);
        }

        return symbols;
    }

    private static IEnumerable<(string, string)> Endless(List<string> symbols, (string Left, string Right)[] merges)
    {
        while (true)
        {
            var pairs = symbols.Zip(symbols.Skip(1)).ToHashSet();
            var next = merges.FirstOrDefault(merge => pairs.Contains(merge));
            if (next.Left is null)
            {
                yield break;
            }

            yield return next;
        }
    }
}
