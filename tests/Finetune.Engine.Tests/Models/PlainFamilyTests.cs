using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Families that no fixture has: against their formulas, in float64 and by plain loops.</summary>
public sealed class PlainFamilyTests
{
    private static readonly int[][] Documents =
    [
        [1, 7, 9, 30, 4, 4, 11],
        [1, 5],
        [1, 39, 38, 37, 36, 35, 8],
    ];

    private static readonly Dictionary<string, string> Configs = new()
    {
        ["gemma"] = Line("""{"hidden_activation":null,"hidden_act":"gelu","head_dim":4,"rms_norm_eps":1e-6}"""),
        ["phi"] = Line("""{"hidden_act":"gelu_new","layer_norm_eps":1e-5,"attention_dropout":0.1}"""),
        ["stablelm"] = Line("""{"use_qkv_bias":true,"partial_rotary_factor":0.5,"num_key_value_heads":2}"""),
        ["stablelm parallel"] = Line("""{"use_parallel_residual":true,"partial_rotary_factor":0.5}"""),
        ["stablelm normed"] = Line("""{"qk_layernorm":true,"partial_rotary_factor":0.5,"num_key_value_heads":2}"""),
        ["phi normed"] = Line("""{"qk_layernorm":true,"num_key_value_heads":2}"""),
        ["starcoder2"] = Line("""{"use_bias":true,"sliding_window":3,"num_key_value_heads":2}"""),
        ["olmo"] = Line("""{"clip_qkv":0.7}"""),
        ["cohere"] = Line("""{"use_qk_norm":true,"logit_scale":0.25,"num_key_value_heads":2}"""),
        ["opt"] = """
            {"hidden_size":16,"ffn_dim":24,"num_hidden_layers":2,"num_attention_heads":4,
             "max_position_embeddings":64,"word_embed_proj_dim":16,"do_layer_norm_before":true,"dropout":0.1}
            """,
        ["falcon"] = Line("""{"intermediate_size":null,"multi_query":true,"parallel_attn":true,"bias":false}"""),
        ["falcon grouped"] = Line("""{"intermediate_size":null,"new_decoder_architecture":true,"num_kv_heads":2}"""),
        ["falcon alibi"] = Line(
            """{"intermediate_size":null,"multi_query":false,"parallel_attn":false,"bias":true,"alibi":true}"""
        ),
        ["bloom"] = """{"n_embed":16,"n_layer":2,"n_head":4,"seq_length":64}""",
        ["gpt_neo"] = """
            {"hidden_size":16,"num_layers":2,"num_heads":4,"max_position_embeddings":64,"window_size":3,
             "attention_types":[[["global","local"],1]],"intermediate_size":null}
            """,
        ["gpt2 by layer"] = """
            {"n_embd":16,"n_layer":2,"n_head":4,"n_positions":64,"n_inner":20,"activation_function":"relu",
             "scale_attn_by_inverse_layer_idx":true,"attn_pdrop":0.1,"n_ctx":64}
            """,
        ["gpt_neox in turn"] = Line(
            """{"use_parallel_residual":false,"attention_bias":false,"rotary_pct":0.5,"rotary_emb_base":1000}"""
        ),
        ["qwen2 sliding"] = Line(
            """{"use_sliding_window":true,"sliding_window":3,"max_window_layers":1,"num_key_value_heads":2}"""
        ),
        ["smollm3 sliding"] = Line(
            """
            {"use_sliding_window":true,"sliding_window":3,"no_rope_layer_interval":2,"attention_bias":true,
             "mlp_bias":true,"rope_theta":10000.0}
            """
        ),
        ["gemma3_text"] = Line(
            """
            {"head_dim":4,"query_pre_attn_scalar":9,"sliding_window":3,"sliding_window_pattern":2,
             "rope_theta":1000.0,"rope_local_base_freq":100.0,"rope_scaling":{"rope_type":"linear","factor":8.0},
             "attn_logit_softcapping":5.0,"final_logit_softcapping":7.0,"num_key_value_heads":2}
            """
        ),
        ["mixtral"] = Line("""{"num_local_experts":4,"num_experts_per_tok":2,"num_key_value_heads":2}"""),
        ["qwen3_moe"] = Line(
            """
            {"num_experts":4,"num_experts_per_tok":2,"moe_intermediate_size":12,"mlp_only_layers":[0],
             "norm_topk_prob":false,"num_key_value_heads":2}
            """
        ),
    };

    private static readonly string[] ByHand =
    [
        "gemma",
        "starcoder2",
        "qwen2 sliding",
        "smollm3 sliding",
        "gemma3_text",
        "stablelm",
    ];

    public static TheoryData<string> Families => new(Configs.Keys);

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_are_those_of_the_formulas(string family)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(family);
        using var model = Random(folder);
        var ids = Documents[0];

        var wanted = PlainFamilies.Logits(family, new Plain(model), ids);

        var found = Logits(model, [ids]);
        Assert.Equal([ids.Length, 40], found.shape);
        Assert.Equal(40, wanted[0].Length);
        var difference = found.to(ScalarType.Float64) - tensor(wanted.SelectMany(row => row).ToArray()).view(-1, 40);
        Assert.InRange(difference.abs().max().item<double>(), 0, 2e-5);
        Assert.InRange(found.std().item<float>(), 0.05, 100);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_batch_is_its_documents_and_a_cache_the_whole_sequence(string family)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(family);
        using var model = Random(folder);
        var alone = cat(Documents.Select(d => Logits(model, [d])).ToArray(), 0);

        Assert.True(Logits(model, Documents).allclose(alone, rtol: 0, atol: 1e-5));

        using var noGrad = no_grad();
        using var cache = new KeyValueCache(model.Shape.Layers);
        var parts = new[] { 0..3, 3..4, 4..5, 5..7 }
            .Select(part => model.Hidden(Batch.Of([Documents[0].AsMemory(part)], CPU, [cache.Length]), [cache]))
            .ToArray();
        Assert.True(model.Logits(cat(parts, 0)).allclose(alone[..7], rtol: 0, atol: 1e-5));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Saved_initialized_and_adapted_as_every_family(string family)
    {
        using var scope = NewDisposeScope();
        using var folder = Folder(family);
        using var model = ModelFolder.Initialize(folder.Path, 3);
        using var saved = Scratch.New();
        ModelFolder.Save(model, saved.Path);
        using var again = ModelFolder.Load(saved.Path);
        var before = Logits(model, Documents);
        Assert.True(before.equal(Logits(again, Documents)).all().item<bool>());
        Assert.Equal(model.parameters().Sum(p => p.numel()), ModelFolder.ParameterCount(saved.Path));

        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0, false, null), 5);
        Assert.True(before.equal(Logits(model, Documents)).all().item<bool>());
        Logits(model, Documents).logsumexp(1).sum().backward();
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).ToList();
        Assert.All(trained, p => Assert.Contains(".lora_", p.name, StringComparison.Ordinal));
        Assert.DoesNotContain(trained, p => p.name.StartsWith("lm_head", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Layers_computed_twice_give_the_same_gradients(string family)
    {
        using var folder = Folder(family);
        using var model = ModelFolder.Initialize(folder.Path, 3);
        Recomputed.Check(model, m => Logits(m, Documents));
        LoraAdapter.Attach(model, new LoraOptions(2, 4, 0, false, null), 5);
        Recomputed.Check(model, m => Logits(m, Documents));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Any_layer_can_be_entered_with_what_the_layers_below_made(string family)
    {
        using var folder = Folder(family);
        using var model = Random(folder);
        Entered.Check(model, Documents);
        WantedRows.Check(model, () => Batch.Of([.. Documents.Select(d => (ReadOnlyMemory<int>)d)], CPU));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Passes_leave_no_tensor_behind_and_bf16_stays_near(string family)
    {
        using var folder = Folder(family);
        using var model = Random(folder);
        using var saved = Scratch.New();
        ModelFolder.Save(model, saved.Path);
        using var narrow = ModelFolder.Load(saved.Path, Precision.BFloat16);
        var counts = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
            {
                var wide = Logits(model, Documents);
                wide.sum().backward();
                var rounded = Logits(narrow, Documents).to(ScalarType.Float32);
                Assert.InRange(nn.functional.cosine_similarity(wide, rounded, 1).mean().item<float>(), 0.97, 1.0001);
                rounded.sum().backward();
            }

            using (no_grad())
            using (var cache = new KeyValueCache(model.Shape.Layers))
            using (var batch = Batch.Of([Documents[0]], CPU))
            using (model.Hidden(batch, [cache])) { }

            counts.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(counts[1], counts[^1]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Without_operators_the_logits_are_the_same(string family)
    {
        using var folder = Folder(family);
        using var model = Random(folder);
        Assert.Equal(ByHand.Contains(family), ManagedPath.Check(model, Documents));
    }

    private static Scratch Folder(string family)
    {
        var config = JsonNode.Parse(Configs[family])!.AsObject();
        config["model_type"] = family.Split(' ')[0];
        config["vocab_size"] = 40;
        var scratch = Scratch.New();
        File.WriteAllText(Path.Combine(scratch.Path, "config.json"), config.ToJsonString());
        return scratch;
    }

    // Values of all sizes everywhere: norms away from 1, biases away from 0.
    private static CausalModel Random(Scratch folder)
    {
        var model = ModelFolder.Initialize(folder.Path, 3);
        using var noGrad = no_grad();
        using var generator = new Generator(11, CPU);
        foreach (var parameter in model.parameters())
        {
            parameter.uniform_(-0.6, 0.9, generator);
        }

        return model;
    }

    private static Tensor Logits(CausalModel model, int[][] documents)
    {
        using var batch = Batch.Of([.. documents.Select(d => (ReadOnlyMemory<int>)d)], CPU);
        return model.Logits(model.Hidden(batch));
    }

    private static string Line(string more)
    {
        var config = JsonNode
            .Parse(
                """
                {"hidden_size":16,"intermediate_size":24,"num_hidden_layers":2,"num_attention_heads":4,
                 "max_position_embeddings":64}
                """
            )!
            .AsObject();
        foreach (var (key, value) in JsonNode.Parse(more)!.AsObject())
        {
            config[key] = value?.DeepClone();
        }

        return config.ToJsonString();
    }
}
