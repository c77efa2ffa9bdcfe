using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>GPT-2 was published as a body alone: names without its prefix, causal masks among the weights.</summary>
public sealed class BareNamesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_body_alone_is_read_and_masks_are_passed_over(bool withHead)
    {
        using var scope = NewDisposeScope();
        using var folder = Gpt2();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        var tensors = model
            .named_parameters()
            .Select(p => TensorBytes.ToWrite(p.name["transformer.".Length..], p.parameter))
            .Append(TensorBytes.ToWrite("h.0.attn.bias", ones(1, 1, 8, 8)))
            .Append(TensorBytes.ToWrite("h.0.attn.masked_bias", tensor(-1e4f)))
            .ToList();
        if (withHead)
        {
            tensors.Add(TensorBytes.ToWrite("lm_head.weight", model.HeadWeight * 2));
        }

        SafeTensorsWriter.Write(Path.Combine(folder.Path, "model.safetensors"), tensors);

        using var again = ModelFolder.Load(folder.Path);

        var factor = withHead ? 2 : 1;
        Assert.True((Logits(model) * factor).allclose(Logits(again), rtol: 1e-6, atol: 1e-6));
        Assert.Equal(again.parameters().Sum(p => p.numel()), ModelFolder.ParameterCount(folder.Path));
    }

    [Fact]
    public void A_tensor_without_a_place_is_still_an_error()
    {
        using var folder = Gpt2();
        using var model = ModelFolder.Initialize(folder.Path, 3);
        var tensors = model.named_parameters().Select(p => TensorBytes.ToWrite(p.name, p.parameter)).ToList();
        tensors.Add(TensorBytes.ToWrite("transformer.h.2.ln_1.weight", model.parameters().Last()));
        SafeTensorsWriter.Write(Path.Combine(folder.Path, "model.safetensors"), tensors);

        var error = Assert.Throws<ModelFileException>(() => ModelFolder.Load(folder.Path));

        Assert.Equal("transformer.h.2.ln_1.weight", error.Field);
    }

    private static Tensor Logits(CausalModel model)
    {
        using var batch = Batch.Of([new[] { 1, 7, 9, 30 }], CPU);
        return model.Logits(model.Hidden(batch));
    }

    private static Scratch Gpt2() =>
        TinyModel.Folder(c =>
        {
            c.Clear();
            c["model_type"] = "gpt2";
            (c["vocab_size"], c["n_embd"], c["n_layer"], c["n_head"], c["n_positions"]) = (40, 16, 2, 4, 8);
            c["tie_word_embeddings"] = true;
        });
}
