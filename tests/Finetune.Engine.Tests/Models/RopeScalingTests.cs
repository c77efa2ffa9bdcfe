using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Scalings of rotary positions, each against its formula in float64 (heads of 8: four pairs).</summary>
public sealed class RopeScalingTests
{
    private const int Size = 8;
    private const double Theta = 1000;
    private static readonly int[] Ids = [1, 7, 9, 30, 4, 4, 11, 12, 13, 14, 15, 16];

    [Fact]
    public void Linear_stretches_all_pairs() =>
        Check("""{"type":"linear","factor":4}""", [.. Plain.Frequencies(Size, Theta).Select(f => f / 4)], 1);

    [Theory]
    [InlineData(64)]
    [InlineData(8)]
    public void Dynamic_grows_the_base_when_a_sequence_outgrows_the_model(int positions)
    {
        // base * (factor * length / longest - (factor - 1)) ^ (d / (d - 2))
        var length = Math.Max(positions, Ids.Length);
        var grown = Theta * Math.Pow(3.0 * length / positions - 2, Size / (Size - 2.0));
        Check("""{"rope_type":"dynamic","factor":3.0}""", Plain.Frequencies(Size, grown), 1, positions);
    }

    [Fact]
    public void Yarn_ramps_between_kept_and_stretched_pairs()
    {
        const int original = 32;
        double Pair(double turns) => Size * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(Theta));
        var (low, high) = (Math.Max(Math.Floor(Pair(2)), 0), Math.Min(Math.Ceiling(Pair(0.5)), Size - 1));
        var frequencies = Plain
            .Frequencies(Size, Theta)
            .Select(
                (f, i) =>
                {
                    var stretched = Math.Clamp((i - low) / (high - low), 0, 1);
                    return f / 4 * stretched + f * (1 - stretched);
                }
            );
        Check(
            """
            {"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":32,"beta_fast":2,"beta_slow":0.5}
            """,
            [.. frequencies],
            0.1 * Math.Log(4) + 1
        );
    }

    [Theory]
    [InlineData(8, "long")]
    [InlineData(16, "short")]
    public void Longrope_divides_by_the_list_for_the_length(int original, string list)
    {
        double[] divisors = list == "long" ? [1.5, 2, 3, 4] : [1, 1.1, 1.2, 1.3];
        Check(
            $$"""
            {"type":"longrope","original_max_position_embeddings":{{original}},
             "short_factor":[1,1.1,1.2,1.3],"long_factor":[1.5,2,3,4]}
            """,
            [.. Plain.Frequencies(Size, Theta).Select((f, i) => f / divisors[i])],
            Math.Sqrt(1 + Math.Log(64.0 / original) / Math.Log(original))
        );
    }

    [Fact]
    public void A_sequence_that_outgrows_its_first_length_is_run_again_and_back_again()
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(
            """
            {"type":"longrope","original_max_position_embeddings":6,
             "short_factor":[1,1.1,1.2,1.3],"long_factor":[1.5,2,3,4]}
            """,
            layers: 2
        );
        using var model = ModelFolder.Initialize(folder.Path, 3);
        using var noGrad = no_grad();
        using var cache = new KeyValueCache(model.Shape.Layers);
        using var other = new KeyValueCache(model.Shape.Layers);

        Next(3);
        Same(Next(2), 5);
        Same(Next(1), 6);
        Same(Next(1), 7);
        Same(Next(3), 10);
        cache.Truncate(4);
        Same(Next(1), 5);
        Same(Next(4), 9);

        // A neighbour in the same pass changes nothing.
        cache.Truncate(0);
        using var first = model.Hidden(Batch.Of([Ids.AsMemory(0, 6), Ids.AsMemory(0, 3)], CPU), [cache, other]);
        var both = model.Hidden(Batch.Of([Ids.AsMemory(6, 1), Ids.AsMemory(3, 1)], CPU, [6, 3]), [cache, other]);
        Same(both[..1], 7);
        Same(both[1..], 4);

        Tensor Next(int count) =>
            model.Hidden(Batch.Of([Ids.AsMemory(cache.Length, count)], CPU, [cache.Length]), [cache]);

        void Same(Tensor found, int length)
        {
            var whole = model.Hidden(Batch.Of([Ids.AsMemory(0, length)], CPU));
            Assert.True(whole[(length - (int)found.shape[0])..].allclose(found, rtol: 0, atol: 1e-5));
        }
    }

    private static void Check(string scaling, double[] frequencies, double stretch, int positions = 64)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(scaling, positions);
        using var model = ModelFolder.Initialize(folder.Path, 3);
        var plain = new Plain(model);

        var wanted = Llama(plain, frequencies, stretch).SelectMany(row => row).ToArray();

        var found = model.Logits(model.Hidden(Batch.Of([Ids], CPU))).to(ScalarType.Float64).reshape(-1);
        Assert.InRange((found - tensor(wanted)).abs().max().item<double>(), 0, 2e-5);
        var unscaled = Llama(plain, Plain.Frequencies(Size, Theta), 1).SelectMany(row => row).ToArray();
        if (stretch != 1)
        {
            Assert.True((found - tensor(unscaled)).abs().max().item<double>() > 1e-4);
        }
    }

    private static double[][] Llama(Plain p, double[] frequencies, double stretch)
    {
        var x = p.Embed("model.embed_tokens.weight", Ids);
        var at = "model.layers.0.";
        var y = p.RmsNorm(at + "input_layernorm", x, 1e-5);
        double[][][] Projected(string name) => Plain.Heads(p.Linear($"{at}self_attn.{name}_proj", y), Size);
        double[][][] Turned(string name) =>
            Plain.Each(Projected(name), (head, t, _) => Plain.Turn(head, t, frequencies, stretch));
        var mixed = Plain.Attend(Turned("q"), Turned("k"), Projected("v"), (s, _, _, _) => s / Math.Sqrt(Size));
        x = Plain.Add(x, p.Linear(at + "self_attn.o_proj", mixed));
        y = p.RmsNorm(at + "post_attention_layernorm", x, 1e-5);
        var gate = Plain.Map(p.Linear(at + "mlp.gate_proj", y), Plain.Silu);
        x = Plain.Add(x, p.Linear(at + "mlp.down_proj", Plain.Times(gate, p.Linear(at + "mlp.up_proj", y))));
        return p.Linear("lm_head", p.RmsNorm("model.norm", x, 1e-5));
    }

    // Weights large enough for positions to matter.
    private static Scratch Folder(string scaling, int positions = 64, int layers = 1) =>
        TinyModel.Folder(c =>
        {
            c["num_hidden_layers"] = layers;
            c["head_dim"] = Size;
            c["rope_theta"] = Theta;
            c["initializer_range"] = 0.4;
            c["max_position_embeddings"] = positions;
            c["rope_scaling"] = JsonNode.Parse(scaling);
        });
}
