using System.Text.Json.Nodes;
using Finetune.Graph.Caching;

namespace Finetune.Tests.Graph.Caching;

public sealed class ActionResultTests
{
    private static readonly ActionResult Result = new(
        ActionResult.CurrentSchema,
        ContentHash.Of("key").Hex,
        "train",
        [new("model", "model", true, ContentHash.Of("m").Hex, [new("a/b", ContentHash.Of("b").Hex, 3)])],
        [new("FT2001", "a \"warning\"", null, 7)],
        new JsonObject { ["seconds"] = 1.25 }
    );

    [Fact]
    public void What_was_written_is_read()
    {
        var read = ActionResult.Read(Result.Write())!;
        Assert.Equal(Result.Write(), read.Write());
        Assert.Equal(Result.Outputs[0].Files, read.Outputs[0].Files);
        Assert.Equal(Result.Warnings, read.Warnings);
    }

    [Fact]
    public void Cut_at_any_byte_it_is_no_result()
    {
        var text = Result.Write().TrimEnd();
        Assert.All(Enumerable.Range(0, text.Length), cut => Assert.Null(ActionResult.Read(text[..cut])));
    }

    [Fact]
    public void With_any_byte_changed_it_is_no_result_or_the_same()
    {
        var text = Result.Write();
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (char)(text[i] ^ 1) + text[(i + 1)..];
            var read = ActionResult.Read(changed);
            Assert.True(read is null || read.Write() == text, changed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"result\":{}}")]
    public void Other_json_is_no_result(string text) => Assert.Null(ActionResult.Read(text));
}
