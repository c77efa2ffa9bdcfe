using System.Text.Json.Nodes;
using Finetune.Stages.Export.Formats;

namespace Finetune.Tests.Stages.Export;

public sealed class GenerationEndsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ends").FullName;

    private string Path => System.IO.Path.Combine(_folder, "generation_config.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_named_already_changes_nothing()
    {
        GenerationEnds.Add(_folder, [2, 7], [7]);

        Assert.False(File.Exists(Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"eos_token_id":2,"top_p":0.8}""")]
    public void An_end_of_a_chat_template_stands_behind_the_models_own(string? before)
    {
        if (before is not null)
        {
            File.WriteAllText(Path, before);
        }

        GenerationEnds.Add(_folder, [2], [7]);

        var after = JsonNode.Parse(File.ReadAllText(Path))!;
        Assert.Equal("[2,7]", after["eos_token_id"]!.ToJsonString());
        Assert.Equal(before is null ? null : 0.8, (double?)after["top_p"]);
    }
}
