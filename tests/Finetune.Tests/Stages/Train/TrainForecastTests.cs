using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Finetune.Stages.Train;

namespace Finetune.Tests.Stages.Train;

/// <summary>How a training is fitted into the memory there is.</summary>
public sealed class TrainForecastTests
{
    private static readonly TrainRows Long = TrainRows.Of([(2048, 1024)]);

    [Theory]
    [InlineData("none", 6000, false, false, true)]
    [InlineData("none", 4800, false, true, true)]
    [InlineData("none", 2000, false, true, false)]
    [InlineData("auto", 6000, false, false, true)]
    [InlineData("auto", 4800, true, false, true)]
    [InlineData("auto", 3200, true, true, true)]
    [InlineData("auto", 2000, true, true, false)]
    [InlineData("layer", 6000, true, false, true)]
    [InlineData("layer", 3200, true, true, true)]
    public void Less_memory_is_taken_the_slower_way(
        string checkpointing,
        long mebibytes,
        bool recomputes,
        bool givesBack,
        bool fits
    )
    {
        using var folder = Folder(576, 30);
        var (forecast, twice, cure) = TrainForecast.Here(
            Settings(),
            folder.Folder,
            Long,
            checkpointing,
            mebibytes << 20
        );

        Assert.Equal((recomputes, givesBack, fits), (twice, forecast!.GivesMemoryBack, cure is null));
        Assert.Equal(givesBack, forecast.Memory.Contains("given back", StringComparison.Ordinal));
    }

    /// <summary>There is nothing large to give back.</summary>
    [Fact]
    public void A_small_model_is_not_slowed_down_for_nothing()
    {
        using var folder = Folder(64, 2);
        var (forecast, _, cure) = TrainForecast.Here(Settings(), folder.Folder, Long, "none", 1 << 20);

        Assert.False(forecast!.GivesMemoryBack);
        Assert.NotNull(cure);
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
