using Finetune.Engine.Tokenizers;
using Finetune.Engine.Tokenizers.Learning;

namespace Finetune.Tests.Engine.Tokenizers.Learning;

public sealed class TokenizerLearnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("learned-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The merges of Hugging Face's BpeTrainer (tokenizers 0.23) on the same text and settings.
    [Fact]
    public void Merges_are_those_of_the_reference()
    {
        var learner = new TokenizerLearner(new BpeLearningOptions(1000, 0, [], AllBytes: false));
        foreach (var line in Verse.Split('\n'))
        {
            learner.Read(line + "\n");
        }

        learner.Write(_folder);

        Assert.Equal(ReferenceMerges, Merges());
    }

    [Fact]
    public void Special_tokens_come_first_then_every_byte_and_nothing_is_unknown()
    {
        var learner = new TokenizerLearner(new BpeLearningOptions(300, 2, ["<|end|>", "<|user|>"]));
        learner.Read(Verse);

        Assert.Equal(258, learner.Fewest);
        Assert.True(learner.Write(_folder) <= 300);
        var tokenizer = Tokenizer.Load(_folder);
        Assert.Equal((0, 1, 0), (tokenizer.IdOf("<|end|>"), tokenizer.IdOf("<|user|>"), tokenizer.EosId));
        const string text = "never \u00E9\u4E2D\U0001F600 seen";
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeIds(text)));
    }

    [Fact]
    public void The_same_texts_give_the_same_bytes_whatever_order_they_come_in()
    {
        var made = new List<byte[]>();
        foreach (var lines in new[] { Verse.Split('\n'), [.. Verse.Split('\n').Reverse()] })
        {
            var learner = new TokenizerLearner(new BpeLearningOptions(400, 1, ["<|end|>"]));
            foreach (var line in lines)
            {
                learner.Read(line);
            }

            learner.Write(_folder);
            made.Add(File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json")));
        }

        Assert.Equal(made[0], made[1]);
    }

    private string Merges()
    {
        using var document = System.Text.Json.JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json"))
        );
        var merges = document.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray();
        return string.Join(' ', merges.Select(pair => $"{pair[0].GetString()}+{pair[1].GetString()}"));
    }

    private const string Verse =
        "banana bandana banana aaaa aaaaa abab ababab\n"
        + "The band had a banana; the bandit had an anagram, 11 times 11 is 121.\n"
        + "\u00E9\u00E9 n\u00E9e n\u00E9e aaaaaaa nanana";

    private const string ReferenceMerges =
        "a+n a+a b+an an+a a+b \u0120+ban \u00C3+\u00A9 aa+aa \u0120+1 \u0120+n \u0120+aaaa ab+ab \u0120ban+d a+d h+e h+ad \u0120+t "
        + "\u0120+abab \u0120+had \u0120ban+ana \u00C3\u00A9+e \u01201+1 \u0120n+\u00C3\u00A9e 2+1 T+he a+m e+s g+r i+m i+s i+t \u0120+a \u0120+an "
        + "\u0120+ana \u0120+is an+ana aa+a ban+ana \u00C3\u00A9+\u00C3\u00A9 \u01201+21 \u0120n+anana \u0120aaaa+a \u0120aaaa+aaa \u0120band+ana "
        + "\u0120band+it \u0120t+he \u0120t+im \u0120abab+ab gr+am \u0120ana+gram \u0120tim+es";
}
