using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Export.Gguf;

/// <summary>
/// What llama.cpp calls the tensors of a decoder (<c>gguf-py/gguf/constants.py</c>, <c>TENSOR_NAMES</c>), beside what the
/// checkpoint calls them.
/// </summary>
internal sealed class GgufNames
{
    /// <summary>Learned positions.</summary>
    public const string Positions = "position_embd.weight";

    private readonly DecoderOptions _options;
    private readonly GgufFamily _family;
    private readonly List<GgufTensor> _tensors = [];

    private GgufNames(DecoderOptions options, GgufFamily family)
    {
        _options = options;
        _family = family;
    }

    /// <summary>Every tensor of the file, but those that hold rotary factors.</summary>
    public static IReadOnlyList<GgufTensor> Of(DecoderOptions options, GgufFamily family)
    {
        var names = new GgufNames(options, family);
        names.AddAll();
        return names._tensors;
    }

    private void AddAll()
    {
        var names = _options.Names;
        Add("token_embd.weight", $"{names.Body}.{names.Embedding}.weight");
        if (names.Positions is { } positions)
        {
            Add(Positions, $"{names.Body}.{positions}.weight");
        }

        for (var i = 0; i < _options.Layers; i++)
        {
            AddLayer($"blk.{i}", $"{names.Body}.{names.Layers}.{i}");
        }

        AddNorm("output_norm", $"{names.Body}.{names.Norm}");
        if (!_options.Tied)
        {
            Add("output.weight", $"{names.Head}.weight");
        }
    }

    private void AddLayer(string to, string from)
    {
        var names = _options.Names;
        var attention = $"{from}.{names.Attention}";
        AddNorm($"{to}.attn_norm", names.BeforeAttention, from);
        if (names.QueryKeyValue is { } fused)
        {
            AddLinear($"{to}.attn_qkv", $"{attention}.{fused}", _options.QueryKeyValueBias, new GgufForm());
        }
        else
        {
            var bias = _options.QueryKeyValueBias;
            var query = Turned(_options.Heads) with { Scale = FoldsInto(norm: false) };
            AddLinear($"{to}.attn_q", $"{attention}.{names.Query}", bias, query);
            AddLinear($"{to}.attn_k", $"{attention}.{names.Key}", bias, Turned(_options.KeyValueHeads));
            AddLinear($"{to}.attn_v", $"{attention}.{names.Value}", bias, new GgufForm());
        }

        if (_options.QueryKeyNorm != QueryKeyNorm.None)
        {
            AddNorm($"{to}.attn_q_norm", $"{attention}.{names.QueryNorm}", FoldsInto(norm: true));
            AddNorm($"{to}.attn_k_norm", $"{attention}.{names.KeyNorm}");
        }

        AddLinear($"{to}.attn_output", $"{attention}.{names.Output}", _options.OutputBias, new GgufForm());
        AddNorm($"{to}.post_attention_norm", names.AfterAttention, from);
        AddNorm($"{to}.ffn_norm", names.BeforeMlp, from);
        AddMlp(to, $"{from}.{names.Mlp}");
        AddNorm($"{to}.post_ffw_norm", names.AfterMlp, from);
    }

    private void AddMlp(string to, string from)
    {
        var names = _options.Names;
        if (_options.Experts is { } experts)
        {
            Add($"{to}.ffn_gate_inp.weight", $"{from}.{experts.Router}.weight");
            AddExperts($"{to}.ffn_gate_exps.weight", from, experts.Names.Gate!);
            AddExperts($"{to}.ffn_up_exps.weight", from, experts.Names.Up);
            AddExperts($"{to}.ffn_down_exps.weight", from, experts.Names.Down);
            return;
        }

        // llama.cpp reads gate and up in one from the tensor of up.
        if (names.GateUp is { } both)
        {
            AddLinear($"{to}.ffn_up", $"{from}.{both}", _options.MlpBias, new GgufForm());
        }
        else
        {
            if (names.Gate is { } gate)
            {
                AddLinear($"{to}.ffn_gate", $"{from}.{gate}", _options.MlpBias, new GgufForm());
            }

            AddLinear($"{to}.ffn_up", $"{from}.{names.Up}", _options.MlpBias, new GgufForm());
        }

        AddLinear($"{to}.ffn_down", $"{from}.{names.Down}", _options.MlpBias, new GgufForm());
    }

    private void AddExperts(string to, string from, string part) =>
        _tensors.Add(
            new GgufTensor(
                to,
                [.. Enumerable.Range(0, _options.Experts!.Count).Select(e => $"{from}.experts.{e}.{part}.weight")],
                GgufForm.Same
            )
        );

    private void AddLinear(string to, string from, bool bias, GgufForm form)
    {
        _tensors.Add(
            new GgufTensor($"{to}.weight", [$"{from}.weight"], form with { Transposed = _options.Transposed })
        );
        if (bias)
        {
            _tensors.Add(new GgufTensor($"{to}.bias", [$"{from}.bias"], form));
        }
    }

    private void AddNorm(string to, string? name, string under)
    {
        if (name is not null)
        {
            AddNorm(to, $"{under}.{name}");
        }
    }

    private void AddNorm(string to, string from, double scale = 1)
    {
        var form = new GgufForm { Plus = _options.Norm == NormKind.RmsFromOne ? 1 : 0, Scale = scale };
        _tensors.Add(new GgufTensor($"{to}.weight", [$"{from}.weight"], form));
        if (_options.Norm == NormKind.Layer)
        {
            _tensors.Add(new GgufTensor($"{to}.bias", [$"{from}.bias"], GgufForm.Same));
        }
    }

    private void Add(string to, string from) => _tensors.Add(new GgufTensor(to, [from], GgufForm.Same));

    private GgufForm Turned(int heads) => new() { Heads = _family.Permuted ? heads : 0 };

    // Scores of another scale than the one that llama.cpp computes: queries take the difference, in their norm if any.
    private double FoldsInto(bool norm) =>
        norm == (_options.QueryKeyNorm != QueryKeyNorm.None) ? _family.ScoreFactor(_options) : 1;
}
