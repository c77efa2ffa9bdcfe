using System.Text.Json.Nodes;
using Finetune.Graph.Caching;

namespace Finetune.Tests.Graph.Caching;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"b":1,"a":{"d":[1,2],"c":null}}""", """{"a":{"c":null,"d":[1,2]},"b":1}""")]
    [InlineData("""[5.0, 5, 5e0, 2e-4, 0.0002, -0.0, 1e300]""", "[5,5,5,0.0002,0.0002,0,1E+300]")]
    [InlineData("""{"B":true,"a":"ü\u00fc\n\"<>"}""", """{"B":true,"a":"üü\n\"<>"}""")]
    [InlineData("null", "null")]
    public void One_text_for_one_value(string json, string expected) =>
        Assert.Equal(expected, CanonicalJson.Write(JsonNode.Parse(json)));

    [Fact]
    public void Numbers_made_in_code_are_written_as_those_that_were_read()
    {
        var made = new JsonObject
        {
            ["a"] = 5.0,
            ["b"] = 2e-4,
            ["c"] = 7,
        };
        Assert.Equal("""{"a":5,"b":0.0002,"c":7}""", CanonicalJson.Write(made));
    }
}
