using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Snapshooter.Xunit;

namespace Finetune.Engine.Tests.Models;

/// <summary>Names, shapes and counts of published models, from their configurations; no value is ever made.</summary>
public sealed class PublishedSizesTests
{
    [Theory]
    [InlineData("TinyLlama-1.1B", 32000, 2048, 5632, 22, 32, 4, false, 1_100_048_384)]
    [InlineData("SmolLM2-135M", 49152, 576, 1536, 30, 9, 3, true, 134_515_008)]
    [InlineData("Llama-3.2-1B", 128256, 2048, 8192, 16, 32, 8, true, 1_235_814_400)]
    public void Parameters_are_as_many_as_published(
        string name,
        int vocabulary,
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int keyValueHeads,
        bool tied,
        long count
    )
    {
        using var folder = TinyModel.Folder(c =>
        {
            c["vocab_size"] = vocabulary;
            c["hidden_size"] = hidden;
            c["intermediate_size"] = intermediate;
            c["num_hidden_layers"] = layers;
            c["num_attention_heads"] = heads;
            c["num_key_value_heads"] = keyValueHeads;
            c["tie_word_embeddings"] = tied;
            if (name == "Llama-3.2-1B")
            {
                c["head_dim"] = 64;
                c["rope_theta"] = 500000.0;
                c["rope_scaling"] = JsonNode.Parse(
                    """
                    {"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,
                     "original_max_position_embeddings":8192,"rope_type":"llama3"}
                    """
                );
            }
        });
        using var model = ModelFolder.Outline(folder.Path);

        Assert.Equal(count, model.parameters().Sum(p => p.numel()));
        Assert.Equal(count, ModelFolder.ParameterCount(folder.Path));
        var lines = model.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]");
        Snapshot.Match(string.Join('\n', lines) + "\n", $"PublishedSizesTests.{name}");
    }
}
