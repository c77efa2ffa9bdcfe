namespace Finetune.Engine.Tests.Models;

/// <summary>
/// Logits of one document, family by family, written down from the published formulas: 2 layers, hidden size 16, 4 heads
/// of 4, vocabulary 40.
/// </summary>
internal static class PlainFamilies
{
    private const int Size = 4;
    private static readonly double Root = 1 / Math.Sqrt(Size);

    /// <summary>Norms one head of a projection that is called so.</summary>
    private delegate double[] HeadNorm(string projection, int head, double[] values);

    public static double[][] Logits(string family, Plain p, int[] ids) =>
        family switch
        {
            "gemma" => Gemma(p, ids),
            "phi" => Phi(p, ids, null),
            "phi normed" => Phi(p, ids, (name, _, head) => p.LayerNorm(name + "_layernorm", [head])[0]),
            "stablelm normed" => StableLm(
                p,
                ids,
                parallel: false,
                (name, h, head) => p.LayerNorm($"{name}_layernorm.norms.{h}", [head])[0]
            ),
            "stablelm" => StableLm(p, ids, parallel: false),
            "stablelm parallel" => StableLm(p, ids, parallel: true),
            "starcoder2" => Starcoder2(p, ids),
            "olmo" => Olmo(p, ids),
            "cohere" => Cohere(p, ids),
            "opt" => Opt(p, ids),
            "falcon" or "falcon grouped" => Falcon(p, ids, family),
            "falcon alibi" => FalconAlibi(p, ids),
            "bloom" => Bloom(p, ids),
            "gpt_neo" => GptNeo(p, ids),
            "gpt2 by layer" => Gpt2(p, ids),
            "gpt_neox in turn" => GptNeoX(p, ids),
            "qwen2 sliding" => LlamaLine(p, ids, [Size, Size], [int.MaxValue, 3], "lm_head"),
            "smollm3 sliding" => LlamaLine(p, ids, [Size, 0], [int.MaxValue, 3], "model.embed_tokens"),
            "gemma3_text" => Gemma3(p, ids),
            "mixtral" => Mixtral(p, ids),
            "qwen3_moe" => Qwen3Moe(p, ids),
            _ => throw new ArgumentException(family),
        };

    private static double[][] Gemma(Plain p, int[] ids)
    {
        var x = p.Embed("model.embed_tokens.weight", ids, Math.Sqrt(16));
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            x = Plain.Add(x, Llama(p, at, p.RmsNorm(at + "input_layernorm", x, 1e-6, from: 1)));
            var y = p.RmsNorm(at + "post_attention_layernorm", x, 1e-6, from: 1);
            x = Plain.Add(x, Gated(p, at + "mlp.", y, Plain.GeluTanh));
        }

        return p.Linear("model.embed_tokens", p.RmsNorm("model.norm", x, 1e-6, from: 1));
    }

    private static double[][] Phi(Plain p, int[] ids, HeadNorm? norm)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            var y = p.LayerNorm(at + "input_layernorm", x);
            var attended = Llama(p, at, y, dimensions: 2, output: "dense", norm: norm);
            var fed = p.Linear(at + "mlp.fc2", Plain.Map(p.Linear(at + "mlp.fc1", y), Plain.GeluTanh));
            x = Plain.Add(Plain.Add(attended, fed), x);
        }

        return p.Linear("lm_head", p.LayerNorm("model.final_layernorm", x));
    }

    private static double[][] StableLm(Plain p, int[] ids, bool parallel, HeadNorm? norm = null)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            var y = p.LayerNorm(at + "input_layernorm", x);
            var attended = Plain.Add(x, Llama(p, at, y, dimensions: 2, norm: norm));
            y = parallel ? y : p.LayerNorm(at + "post_attention_layernorm", attended);
            x = Plain.Add(attended, Gated(p, at + "mlp.", y, Plain.Silu));
        }

        return p.Linear("lm_head", p.LayerNorm("model.norm", x));
    }

    private static double[][] Starcoder2(Plain p, int[] ids)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            x = Plain.Add(x, Llama(p, at, p.LayerNorm(at + "input_layernorm", x), window: 3));
            var y = p.Linear(at + "mlp.c_fc", p.LayerNorm(at + "post_attention_layernorm", x));
            x = Plain.Add(x, p.Linear(at + "mlp.c_proj", Plain.Map(y, Plain.GeluTanh)));
        }

        return p.Linear("model.embed_tokens", p.LayerNorm("model.norm", x));
    }

    private static double[][] Olmo(Plain p, int[] ids)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            x = Plain.Add(x, Llama(p, at, p.LayerNorm(null, x), clip: 0.7));
            x = Plain.Add(x, Gated(p, at + "mlp.", p.LayerNorm(null, x), Plain.Silu));
        }

        return p.Linear("lm_head", p.LayerNorm(null, x));
    }

    private static double[][] Cohere(Plain p, int[] ids)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            var y = p.LayerNorm(at + "input_layernorm", x);
            double[][][] Projected(string name) => Plain.Heads(p.Linear($"{at}self_attn.{name}_proj", y), Size);
            double[][][] Turned(string name) =>
                Plain.Each(
                    Projected(name),
                    (head, t, h) =>
                    {
                        var normed = p.LayerNorm(null, [head])[0]
                            .Zip(p.Row($"{at}self_attn.{name}_norm.weight", h), (a, b) => a * b);
                        return Plain.Turn([.. normed], t, Size, 10_000, neighbours: true);
                    }
                );
            var mixed = Plain.Attend(Turned("q"), Turned("k"), Projected("v"), (s, _, _, _) => s * Root);
            var attended = p.Linear(at + "self_attn.o_proj", mixed);
            x = Plain.Add(Plain.Add(x, attended), Gated(p, at + "mlp.", y, Plain.Silu));
        }

        return Plain.Map(p.Linear("model.embed_tokens", p.LayerNorm("model.norm", x)), v => v * 0.25);
    }

    private static double[][] Opt(Plain p, int[] ids)
    {
        const string body = "model.decoder.";
        var places = Enumerable.Range(2, ids.Length).ToArray();
        var x = Plain.Add(p.Embed(body + "embed_tokens.weight", ids), p.Embed(body + "embed_positions.weight", places));
        for (var l = 0; l < 2; l++)
        {
            var at = $"{body}layers.{l}.";
            x = Plain.Add(
                x,
                Llama(p, at, p.LayerNorm(at + "self_attn_layer_norm", x), dimensions: 0, output: "out_proj")
            );
            var y = Plain.Map(p.Linear(at + "fc1", p.LayerNorm(at + "final_layer_norm", x)), Plain.Relu);
            x = Plain.Add(x, p.Linear(at + "fc2", y));
        }

        return p.Linear(body + "embed_tokens", p.LayerNorm(body + "final_layer_norm", x));
    }

    // Attention and feed-forward part side by side; one key-value head, or two groups with norms of their own.
    private static double[][] Falcon(Plain p, int[] ids, string form)
    {
        var grouped = form == "falcon grouped";
        var x = p.Embed("transformer.word_embeddings.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"transformer.h.{l}.";
            var y = p.LayerNorm(at + (grouped ? "ln_attn" : "input_layernorm"), x);
            var heads = Plain.Heads(p.Linear(at + "self_attention.query_key_value", y), Size);
            int[] queries = grouped ? [0, 1, 4, 5] : [0, 1, 2, 3];
            int[] keys = grouped ? [2, 6] : [4];
            double[][][] Of(IEnumerable<int> places) => [.. heads.Select(t => places.Select(i => t[i]).ToArray())];
            double[][][] Turned(IEnumerable<int> places) =>
                Plain.Each(Of(places), (head, t, _) => Plain.Turn(head, t, Size, 10_000));
            var mixed = Plain.Attend(
                Turned(queries),
                Turned(keys),
                Of(keys.Select(k => k + 1)),
                (s, _, _, _) => s * Root
            );
            var read = grouped ? p.LayerNorm(at + "ln_mlp", x) : y;
            var fed = Ungated(p, at, read, Plain.GeluErf);
            x = Plain.Add(x, Plain.Add(p.Linear(at + "self_attention.dense", mixed), fed));
        }

        return p.Linear("transformer.word_embeddings", p.LayerNorm("transformer.ln_f", x));
    }

    // As falcon-rw: a key a head, ALiBi added before scaling (slopes of 4 heads are exact in bfloat16), one after the other.
    private static double[][] FalconAlibi(Plain p, int[] ids)
    {
        var x = p.Embed("transformer.word_embeddings.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"transformer.h.{l}.";
            x = Plain.Add(
                x,
                FusedPerHead(p, at, p.LayerNorm(at + "input_layernorm", x), (s, h, k) => (s + Slope(h) * k) * Root)
            );
            x = Plain.Add(x, Ungated(p, at, p.LayerNorm(at + "post_attention_layernorm", x), Plain.GeluErf));
        }

        return p.Linear("transformer.word_embeddings", p.LayerNorm("transformer.ln_f", x));
    }

    private static double[][] Bloom(Plain p, int[] ids)
    {
        var x = p.LayerNorm(
            "transformer.word_embeddings_layernorm",
            p.Embed("transformer.word_embeddings.weight", ids)
        );
        for (var l = 0; l < 2; l++)
        {
            var at = $"transformer.h.{l}.";
            x = Plain.Add(
                x,
                FusedPerHead(p, at, p.LayerNorm(at + "input_layernorm", x), (s, h, k) => s * Root + Slope(h) * k)
            );
            x = Plain.Add(x, Ungated(p, at, p.LayerNorm(at + "post_attention_layernorm", x), Plain.GeluTanh));
        }

        return p.Linear("transformer.word_embeddings", p.LayerNorm("transformer.ln_f", x));
    }

    private static double[][] GptNeo(Plain p, int[] ids)
    {
        var x = Plain.Add(
            p.Embed("transformer.wte.weight", ids),
            p.Embed("transformer.wpe.weight", [.. Enumerable.Range(0, ids.Length)])
        );
        for (var l = 0; l < 2; l++)
        {
            var at = $"transformer.h.{l}.";
            var y = p.LayerNorm(at + "ln_1", x);
            double[][][] Projected(string name) => Plain.Heads(p.Linear($"{at}attn.attention.{name}_proj", y), Size);
            var window = l == 1 ? 3 : int.MaxValue;
            var mixed = Plain.Attend(Projected("q"), Projected("k"), Projected("v"), (s, _, _, _) => s, window);
            x = Plain.Add(x, p.Linear(at + "attn.attention.out_proj", mixed));
            y = Plain.Map(p.Linear(at + "mlp.c_fc", p.LayerNorm(at + "ln_2", x)), Plain.GeluTanh);
            x = Plain.Add(x, p.Linear(at + "mlp.c_proj", y));
        }

        return p.Linear("transformer.wte", p.LayerNorm("transformer.ln_f", x));
    }

    // As published, but for scores divided by the layer's number.
    private static double[][] Gpt2(Plain p, int[] ids)
    {
        var x = Plain.Add(
            p.Embed("transformer.wte.weight", ids),
            p.Embed("transformer.wpe.weight", [.. Enumerable.Range(0, ids.Length)])
        );
        for (var l = 0; l < 2; l++)
        {
            var at = $"transformer.h.{l}.";
            var all = p.Conv(at + "attn.c_attn", p.LayerNorm(at + "ln_1", x));
            double[][][] Part(int which) => Plain.Heads(Plain.Columns(all, 16 * which, 16), Size);
            var number = l + 1;
            var mixed = Plain.Attend(Part(0), Part(1), Part(2), (s, _, _, _) => s * Root / number);
            x = Plain.Add(x, p.Conv(at + "attn.c_proj", mixed));
            var y = Plain.Map(p.Conv(at + "mlp.c_fc", p.LayerNorm(at + "ln_2", x)), Plain.Relu);
            x = Plain.Add(x, p.Conv(at + "mlp.c_proj", y));
        }

        return p.Linear("transformer.wte", p.LayerNorm("transformer.ln_f", x));
    }

    // Queries, keys and values head by head; the first half of each head turns; attention, then feed-forward part.
    private static double[][] GptNeoX(Plain p, int[] ids)
    {
        var x = p.Embed("gpt_neox.embed_in.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"gpt_neox.layers.{l}.";
            var y = p.LayerNorm(at + "input_layernorm", x);
            var heads = Plain.Heads(p.Linear(at + "attention.query_key_value", y), Size);
            double[][][] Every(int first) => [.. heads.Select(t => t.Where((_, i) => i % 3 == first).ToArray())];
            double[][][] Turned(int first) => Plain.Each(Every(first), (head, t, _) => Plain.Turn(head, t, 2, 1000));
            var mixed = Plain.Attend(Turned(0), Turned(1), Every(2), (s, _, _, _) => s * Root);
            x = Plain.Add(x, p.Linear(at + "attention.dense", mixed));
            x = Plain.Add(x, Ungated(p, at, p.LayerNorm(at + "post_attention_layernorm", x), Plain.GeluErf));
        }

        return p.Linear("embed_out", p.LayerNorm("gpt_neox.final_layer_norm", x));
    }

    private static double[][] LlamaLine(Plain p, int[] ids, int[] turned, int[] windows, string head)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            var y = p.RmsNorm(at + "input_layernorm", x, 1e-6);
            x = Plain.Add(x, Llama(p, at, y, dimensions: turned[l], window: windows[l]));
            y = p.RmsNorm(at + "post_attention_layernorm", x, 1e-6);
            x = Plain.Add(x, Gated(p, at + "mlp.", y, Plain.Silu));
        }

        return p.Linear(head, p.RmsNorm("model.norm", x, 1e-6));
    }

    // Layer 0 is local with its own base, layer 1 global with a base of 1000 stretched by 8; scores are not bent.
    private static double[][] Gemma3(Plain p, int[] ids)
    {
        double[][] Norm(string name, double[][] rows) => p.RmsNorm(name, rows, 1e-6, from: 1);
        var x = p.Embed("model.embed_tokens.weight", ids, 4);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            var frequencies = Plain.Frequencies(Size, l == 0 ? 100 : 1000).Select(f => l == 0 ? f : f / 8).ToArray();
            var y = Norm(at + "input_layernorm", x);
            double[][][] Projected(string name) => Plain.Heads(p.Linear($"{at}self_attn.{name}_proj", y), Size);
            double[][][] Turned(string name) =>
                Plain.Each(
                    Projected(name),
                    (head, t, _) => Plain.Turn(Norm($"{at}self_attn.{name}_norm", [head])[0], t, frequencies, 1)
                );
            var window = l == 0 ? 3 : int.MaxValue;
            var mixed = Plain.Attend(Turned("q"), Turned("k"), Projected("v"), (s, _, _, _) => s / 3, window);
            x = Plain.Add(x, Norm(at + "post_attention_layernorm", p.Linear(at + "self_attn.o_proj", mixed)));
            y = Gated(p, at + "mlp.", Norm(at + "pre_feedforward_layernorm", x), Plain.GeluTanh);
            x = Plain.Add(x, Norm(at + "post_feedforward_layernorm", y));
        }

        var logits = p.Linear("model.embed_tokens", Norm("model.norm", x));
        return Plain.Map(logits, v => 7 * Math.Tanh(v / 7));
    }

    private static double[][] Mixtral(Plain p, int[] ids)
    {
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            x = Plain.Add(x, Llama(p, at, p.RmsNorm(at + "input_layernorm", x, 1e-5), theta: 1e6));
            var y = p.RmsNorm(at + "post_attention_layernorm", x, 1e-5);
            var moe = at + "block_sparse_moe.";
            x = Plain.Add(
                x,
                Experts(
                    y,
                    p.Linear(moe + "gate", y),
                    normalized: true,
                    (e, row) =>
                    {
                        var gate = Plain.Map(p.Linear($"{moe}experts.{e}.w1", row), Plain.Silu);
                        var both = Plain.Times(gate, p.Linear($"{moe}experts.{e}.w3", row));
                        return p.Linear($"{moe}experts.{e}.w2", both);
                    }
                )
            );
        }

        return p.Linear("lm_head", p.RmsNorm("model.norm", x, 1e-5));
    }

    // Layer 0 is dense (mlp_only_layers), layer 1 a mixture whose shares are left as they are.
    private static double[][] Qwen3Moe(Plain p, int[] ids)
    {
        double[] Normed(string name, int _, double[] head) => p.RmsNorm(name + "_norm", [head], 1e-6)[0];
        var x = p.Embed("model.embed_tokens.weight", ids);
        for (var l = 0; l < 2; l++)
        {
            var at = $"model.layers.{l}.";
            x = Plain.Add(x, Llama(p, at, p.RmsNorm(at + "input_layernorm", x, 1e-6), norm: Normed));
            var y = p.RmsNorm(at + "post_attention_layernorm", x, 1e-6);
            var fed =
                l == 0
                    ? Gated(p, at + "mlp.", y, Plain.Silu)
                    : Experts(
                        y,
                        p.Linear(at + "mlp.gate", y),
                        normalized: false,
                        (e, row) => Gated(p, $"{at}mlp.experts.{e}.", row, Plain.Silu)
                    );
            x = Plain.Add(x, fed);
        }

        return p.Linear("lm_head", p.RmsNorm("model.norm", x, 1e-6));
    }

    private static double Slope(int head) => Math.Pow(2, -2 * (head + 1));

    private static double[][] Gated(Plain p, string at, double[][] x, Func<double, double> activation) =>
        p.Linear(
            at + "down_proj",
            Plain.Times(Plain.Map(p.Linear(at + "gate_proj", x), activation), p.Linear(at + "up_proj", x))
        );

    private static double[][] Ungated(Plain p, string at, double[][] x, Func<double, double> activation) =>
        p.Linear(at + "mlp.dense_4h_to_h", Plain.Map(p.Linear(at + "mlp.dense_h_to_4h", x), activation));

    // Two of the experts a token, by the largest shares.
    private static double[][] Experts(
        double[][] x,
        double[][] router,
        bool normalized,
        Func<int, double[][], double[][]> expert
    ) =>
        [
            .. x.Select(
                (row, t) =>
                {
                    var shares = Plain.Softmax(router[t]);
                    var best = Enumerable.Range(0, shares.Length).OrderByDescending(e => shares[e]).Take(2).ToArray();
                    var whole = normalized ? best.Sum(e => shares[e]) : 1;
                    return best.Select(e => Plain.Map(expert(e, [row]), v => v * shares[e] / whole))
                        .Aggregate(Plain.Add)[0];
                }
            ),
        ];

    private static double[][] FusedPerHead(Plain p, string at, double[][] x, Func<double, int, int, double> score)
    {
        var heads = Plain.Heads(p.Linear(at + "self_attention.query_key_value", x), Size);
        double[][][] Every(int first) => [.. heads.Select(t => t.Where((_, i) => i % 3 == first).ToArray())];
        var mixed = Plain.Attend(Every(0), Every(1), Every(2), (s, h, _, k) => score(s, h, k));
        return p.Linear(at + "self_attention.dense", mixed);
    }

    private static double[][] Llama(
        Plain p,
        string at,
        double[][] x,
        int dimensions = Size,
        string output = "o_proj",
        int window = int.MaxValue,
        double clip = double.PositiveInfinity,
        double theta = 10_000,
        HeadNorm? norm = null
    )
    {
        double[][][] Projected(string name) =>
            Plain.Heads(Plain.Map(p.Linear($"{at}self_attn.{name}_proj", x), v => Math.Clamp(v, -clip, clip)), Size);
        double[][][] Turned(string name) =>
            Plain.Each(
                Projected(name),
                (head, t, h) => Plain.Turn(norm?.Invoke($"{at}self_attn.{name}", h, head) ?? head, t, dimensions, theta)
            );
        var mixed = Plain.Attend(Turned("q"), Turned("k"), Projected("v"), (s, _, _, _) => s * Root, window);
        return p.Linear($"{at}self_attn.{output}", mixed);
    }
}
