using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Tests.Stages.Answering;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData("all", "  as it is \n", "as it is")]
    [InlineData("first_line", "\n  one \n two", "one")]
    [InlineData("last_line", "one\n two \n\n", "two")]
    [InlineData("first_line", " \n ", null)]
    [InlineData("number", "2 boxes of 18, so 36 in all, that is $1,236.50.", "1236.50")]
    [InlineData("number", "5-3 is 2", "2")]
    [InlineData("number", "it is -7 degrees", "-7")]
    [InlineData("number", "#### 42", "42")]
    [InlineData("number", "none", null)]
    [InlineData("letter", "I think the answer is (B), not A", "B")]
    [InlineData("letter", "Answer: C", "C")]
    [InlineData("letter", "(d) because I said so", "D")]
    [InlineData("letter", "b) the second", "B")]
    [InlineData("letter", "a", "A")]
    [InlineData("letter", "I would take option D", "D")]
    [InlineData("letter", "I would take a break", null)]
    public void What_is_taken_is_the_answer(string take, string text, string? answer) =>
        Assert.Equal(answer, new AnswerReader(new AnswerSettings(take, [])).Read(text));

    [Theory]
    [InlineData("regex", "#### (.+)", "so\n#### 12 \n", "12")]
    [InlineData("regex", "[A-Z]+-\\d+", "ticket ABC-12 or ABC-13", "ABC-12")]
    [InlineData("regex", "#### (.+)", "12", null)]
    [InlineData("json", "intent", "Sure: {\"intent\": \"top up\", \"sure\": 0.9} done", "top up")]
    [InlineData("json", "sure", "{\"a\": {\"sure\": 1.5}}", "1.5")]
    [InlineData("json", "intent", "{\"other\": 1} {\"intent\": \"x\"}", "x")]
    [InlineData("json", "intent", "{\"intent\": ", null)]
    [InlineData("json", "intent", "{not json} \"intent\"", null)]
    public void A_pattern_and_a_key_find_it(string take, string argument, string text, string? answer) =>
        Assert.Equal(answer, new AnswerReader(new AnswerSettings(take, []) { Argument = argument }).Read(text));

    [Theory]
    [InlineData("number", "", "about 1,200.00 in all", "The sum is\n#### 1200", true)]
    [InlineData("number", "", "1200", "1201", false)]
    [InlineData("number", "", "no idea", "no idea", false)]
    [InlineData("all", "", "Top up", "top up", false)]
    [InlineData("all", "case", "Top up", "top up", true)]
    [InlineData("all", "articles case punctuation", "The  answer, \"top-up\"!", "answer topup", true)]
    [InlineData("all", "space", "top \t up", "top up", true)]
    [InlineData("all", "punctuation", "top up.", "top up", true)]
    [InlineData("letter", "", "The answer is (B).", "B", true)]
    [InlineData("first_line", "case", "YES\nbecause", "yes", true)]
    public void Answers_are_the_same_but_for_what_is_ignored(
        string take,
        string ignore,
        string text,
        string reference,
        bool right
    )
    {
        var ignored = ignore.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(right, new AnswerReader(new AnswerSettings(take, ignored)).IsRight(text, reference));
    }

    [Fact]
    public void No_text_is_never_right_and_a_pattern_cannot_take_for_ever()
    {
        Assert.False(new AnswerReader(new AnswerSettings("all", [])).IsRight(null, ""));
        Assert.Throws<FormatException>(() => AnswerReader.Pattern("(a"));
        Assert.Throws<FormatException>(() => AnswerReader.Pattern("(a)\\1"));
        var hard = new AnswerReader(new AnswerSettings("regex", []) { Argument = "(a+)+$" });
        Assert.Null(hard.Read(new string('a', 50_000) + "b"));
    }
}
