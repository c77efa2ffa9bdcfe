using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Training;

namespace Finetune.Engine.Tests.Models;

public sealed class DecoderMatricesTests
{
    public static TheoryData<string> Cases => FixtureRoots.Cases("models");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void The_shape_alone_names_every_matrix_of_the_weights(string folder)
    {
        FixtureRoots.SkipIfMissing(folder);
        var config = ModelConfig.Read(folder);
        var options = ModelFamilies.Options(config);
        Skip.If(options is null, $"{config.ModelType} is not one stack of layers");
        using var weights = WeightFiles.Open(folder);
        var stored = weights
            .Names.Select(name => (Name: name, weights.Find(name)!.Value.Tensor.Shape))
            .Where(tensor => tensor.Shape.Count == 2 && !(options.Tied && tensor.Name == "lm_head.weight"))
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Shape.Order().ToArray());

        var found = DecoderMatrices.Of(options);

        Assert.Equal(
            stored.Keys.Order(StringComparer.Ordinal),
            found.Select(m => m.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(
            found,
            m =>
                Assert.Equal(
                    stored[m.Name],
                    new long[] { m.Inputs, m.Outputs }
                        .Order()
                        .ToArray()
                )
        );
    }

    [Fact]
    public void What_is_trained_tells_what_a_training_needs()
    {
        var folder = Directory.CreateTempSubdirectory("finetune-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "config.json"),
                """
                {"model_type":"llama","vocab_size":1000,"hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,
                 "num_attention_heads":4,"num_key_value_heads":2,"max_position_embeddings":512,"rms_norm_eps":1e-5,
                 "tie_word_embeddings":true}
                """
            );
            var options = ModelFamilies.Options(ModelConfig.Read(folder))!;
            // Embedding, then queries, keys, values, output, gate, up, down of two layers.
            var parameters = 1000 * 64 + 2 * (64 * 64 + 2 * 64 * 32 + 64 * 64 + 3 * 64 * 128);
            TrainingNeeds Needs(int rank, bool twice) =>
                TrainingNeeds.Of(
                    options,
                    new TrainingCase(
                        new TrainingOptions(),
                        _ => rank == 0,
                        rank,
                        m => m.EndsWith("_proj"),
                        4,
                        twice,
                        100
                    )
                );

            var whole = Needs(0, false);
            Assert.Equal(4L * parameters, whole.Weights);
            Assert.Equal(4L * parameters, whole.Gradients);
            Assert.Equal(8L * parameters, whole.Optimizer);
            Assert.Equal(4L * 100 * 1000, whole.Logits);
            // Four of the width, queries twice, keys and values, three of the feed-forward part.
            Assert.Equal(4L * 100 * 2 * (4 * 64 + 2 * 64 + 2 * 32 + 3 * 128), whole.Activations);
            Assert.True(Needs(0, true).Activations < whole.Activations * 1.5);
            var pairs = 2 * 4 * (128 + 96 + 96 + 128 + 192 + 192 + 192);
            Assert.Equal(4L * pairs, Needs(4, false).Gradients);
            Assert.Equal(4L * (parameters + pairs), Needs(4, false).Weights);
            Assert.Equal(
                whole.Total,
                whole.Weights + whole.Gradients + whole.Optimizer + whole.Activations + whole.Logits + whole.Rest
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
