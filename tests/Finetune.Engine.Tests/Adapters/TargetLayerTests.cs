using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Adapters;

public sealed class TargetLayerTests
{
    [SkippableTheory]
    [InlineData("gpt2", "attn.c_attn attn.c_proj mlp.c_fc mlp.c_proj")]
    [InlineData("gpt_neox", "attention.query_key_value attention.dense mlp.dense_h_to_4h mlp.dense_4h_to_h")]
    [InlineData("phi3", "self_attn.qkv_proj self_attn.o_proj mlp.gate_up_proj mlp.down_proj")]
    [InlineData("gemma2", LlamaLine)]
    [InlineData("gemma3_text", LlamaLine)]
    [InlineData("granite", LlamaLine)]
    [InlineData("olmo2", LlamaLine)]
    [InlineData("smollm3", LlamaLine)]
    [InlineData("llama", LlamaLine)]
    public void All_linear_is_every_linear_layer_but_the_head(string family, string layers)
    {
        var folder = FixtureRoots
            .All.Select(root => Path.Combine(root, "models", family))
            .FirstOrDefault(Directory.Exists);
        Skip.If(folder is null, "no fixtures of models");
        using var model = ModelFolder.Outline(folder);

        var names = TargetLayers.All(model).Select(layer => layer.Name).ToList();

        Assert.Equal(
            layers.Split(' ').Order(StringComparer.Ordinal),
            names.Select(name => string.Join('.', name.Split('.')[^2..])).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(model.Shape.Layers * layers.Split(' ').Length, names.Count);
    }

    [Fact]
    public void An_adapter_on_transposed_weights_says_so()
    {
        using var folder = TinyModel.Folder(c =>
        {
            c.Clear();
            c["model_type"] = "gpt2";
            (c["vocab_size"], c["n_embd"], c["n_layer"], c["n_head"]) = (40, 16, 2, 4);
        });
        using var model = ModelFolder.Initialize(folder.Path, 3);
        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0, false, null), 5);
        using var saved = Scratch.New();

        LoraAdapter.Save(model, saved.Path, "base");

        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(saved.Path, "adapter_config.json")))!;
        Assert.True(json["fan_in_fan_out"]!.GetValue<bool>());
        Assert.Equal("[\"c_attn\",\"c_fc\",\"c_proj\"]", json["target_modules"]!.ToJsonString());
    }

    private const string LlamaLine =
        "self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj mlp.gate_proj mlp.up_proj mlp.down_proj";
}
