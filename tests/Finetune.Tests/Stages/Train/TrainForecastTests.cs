using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Finetune.Stages.Train;

namespace Finetune.Tests.Stages.Train;

/// <summary>How a training is fitted into the memory there is.</summary>
public sealed class TrainForecastTests
{
    private static readonly TrainRows Long = TrainRows.Of([(2048, 1024)]);

    [Theory]
    [InlineData("none", 6000, false, true)]
    [InlineData("none", 2900, false, false)]
    [InlineData("auto", 6000, false, true)]
    [InlineData("auto", 2900, true, true)]
    [InlineData("auto", 2000, true, false)]
    [InlineData("layer", 6000, true, true)]
    [InlineData("layer", 2000, true, false)]
    public void Less_memory_is_taken_the_slower_way(string checkpointing, long mebibytes, bool recomputes, bool fits)
    {
        using var folder = Folder(576, 30);
        var (forecast, twice, cure) = TrainForecast.Here(
            Settings(),
            folder.Folder,
            Long,
            checkpointing,
            mebibytes << 20
        );

        Assert.Equal((recomputes, fits), (twice, cure is null));
        Assert.Equal(fits, forecast!.Needs.Total <= mebibytes << 20);
        Assert.Equal(
            checkpointing == "none" && !fits,
            cure?.Contains("checkpointing: layer", StringComparison.Ordinal) == true
        );
    }

    private static Scratch Folder(int hidden, int layers)
    {
        var folder = new Scratch();
        File.WriteAllText(
            folder["config.json"],
            new JsonObject
            {
                ["model_type"] = "llama",
                ["vocab_size"] = 49152,
                ["hidden_size"] = hidden,
                ["intermediate_size"] = hidden * 8 / 3,
                ["num_hidden_layers"] = layers,
                ["num_attention_heads"] = hidden / 64,
                ["num_key_value_heads"] = 1,
                ["max_position_embeddings"] = 4096,
                ["rms_norm_eps"] = 1e-5,
                ["rope_theta"] = 10000.0,
                ["hidden_act"] = "silu",
                ["tie_word_embeddings"] = true,
            }.ToJsonString()
        );
        return folder;
    }

    // What a forecast does not look at stays as it is in an object without values.
    private static TrainSettings Settings() =>
        ((TrainSettings)RuntimeHelpers.GetUninitializedObject(typeof(TrainSettings))) with
        {
            Precision = "fp32",
            Epochs = 1,
            BatchSize = 1,
        };
}
