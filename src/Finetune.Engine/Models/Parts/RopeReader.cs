using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Reads rotary positions from <c>rope_parameters</c> (Transformers 5) or <c>rope_theta</c> and <c>rope_scaling</c> (4 and
/// before); a scaling is understood whole or refused.
/// </summary>
internal sealed class RopeReader
{
    private const string WholeKey = "partial_rotary_factor";

    private readonly ModelConfig _config;
    private readonly string _at;
    private readonly JsonObject _json;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal) { "rope_type", "type", "rope_theta" };

    private RopeReader(ModelConfig config, string at, JsonObject json)
    {
        _config = config;
        _at = at;
        _json = json;
    }

    /// <summary>Reads either writing.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="keys">The family's keys.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <exception cref="ModelFileException">A scaling or a key of it that is not known.</exception>
    public static RopeOptions Read(ModelConfig config, RopeKeys keys, int headSize)
    {
        config.Only("rope_interleaved", "false");
        var old = config.Section("rope_scaling");
        var parameters = config.Section("rope_parameters");
        var theta = config.Number(keys.Theta, keys.UsualTheta);
        var partial = keys.Partial is { } key ? config.Number(key, keys.UsualPartial) : (double?)null;
        if (partial is null)
        {
            config.Only(WholeKey, "1", "1.0");
        }

        return parameters is not null
            ? Read(config, "rope_parameters", parameters, theta, partial, headSize)
            : Read(config, "rope_scaling", old ?? [], theta, partial, headSize);
    }

    /// <summary>Reads one object of rotary settings.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="at">The object's path, for messages.</param>
    /// <param name="json">The object.</param>
    /// <param name="theta">The base where it does not say.</param>
    /// <param name="partial">The share of a head that is turned where it does not say; null for the whole in any case.</param>
    /// <param name="headSize">Width of a head.</param>
    public static RopeOptions Read(
        ModelConfig config,
        string at,
        JsonObject json,
        double theta,
        double? partial,
        int headSize
    )
    {
        var reader = new RopeReader(config, at, json);
        theta = reader.Number("rope_theta", theta);
        var share = reader.Number(WholeKey, partial ?? 1);
        if (theta <= 0)
        {
            throw config.Wrong("rope_theta", theta, "a number above 0");
        }

        var dimensions = (int)(headSize * share);
        if (partial is null && share != 1)
        {
            throw config.Wrong($"{at}.{WholeKey}", share, "1: heads of this family turn as a whole");
        }

        if (dimensions < 2 || dimensions > headSize || dimensions % 2 != 0)
        {
            throw share == 1
                ? config.Wrong("head_dim", headSize, "an even number: rotary embeddings turn pairs")
                : config.Wrong(WholeKey, share, $"an even part of {headSize} values");
        }

        var options = reader.Scaling(new RopeOptions(RopeKind.Default, theta) { Dimensions = dimensions });
        reader.CheckAllRead(options.Kind);
        return options;
    }

    private RopeOptions Scaling(RopeOptions plain)
    {
        var type = _json["rope_type"] ?? _json["type"];
        return type?.ToString() switch
        {
            null or "default" => plain,
            "linear" => plain with { Kind = RopeKind.Linear, Factor = Positive("factor") },
            "dynamic" => plain with
            {
                Kind = RopeKind.Dynamic,
                Factor = Positive("factor"),
                OriginalPositions = MaxPositions(),
            },
            "llama3" => Llama3(plain),
            "yarn" => Yarn(plain),
            "longrope" or "su" => LongRope(plain),
            _ => throw _config.Wrong(
                $"{_at}.rope_type",
                type!,
                "default, linear, dynamic, llama3, yarn or longrope: no other scaling is supported"
            ),
        };
    }

    private RopeOptions Llama3(RopeOptions plain)
    {
        var options = plain with
        {
            Kind = RopeKind.Llama3,
            Factor = Positive("factor"),
            LowFrequencyFactor = Positive("low_freq_factor"),
            HighFrequencyFactor = Positive("high_freq_factor"),
            OriginalPositions = (int)Positive("original_max_position_embeddings"),
        };
        return options.HighFrequencyFactor > options.LowFrequencyFactor
            ? options
            : throw _config.Wrong(_at, _json, "high_freq_factor above low_freq_factor");
    }

    // transformers, modeling_rope_utils._compute_yarn_parameters (Peng et al. 2023).
    private RopeOptions Yarn(RopeOptions plain)
    {
        var original = Original();
        var factor = Number("factor", 0) is > 0 and var given ? given : (double)MaxPositions() / original;
        var scale = Number("mscale", 0);
        var scaleAll = Number("mscale_all_dim", 0);
        static double Root(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;
        var usual = scale != 0 && scaleAll != 0 ? Root(factor, scale) / Root(factor, scaleAll) : Root(factor, 1);
        return plain with
        {
            Kind = RopeKind.Yarn,
            Factor = factor,
            OriginalPositions = original,
            BetaFast = Number("beta_fast", 32),
            BetaSlow = Number("beta_slow", 1),
            Truncate = Flag("truncate", true),
            AttentionFactor = Number("attention_factor", usual),
        };
    }

    // transformers, modeling_rope_utils._compute_longrope_parameters (Ding et al. 2024).
    private RopeOptions LongRope(RopeOptions plain)
    {
        var original = Original();
        var factor = Number("factor", 0) is > 0 and var given ? given : (double)MaxPositions() / original;
        var usual = factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(factor) / Math.Log(original));
        return plain with
        {
            Kind = RopeKind.LongRope,
            Factor = factor,
            OriginalPositions = original,
            AttentionFactor = Number("attention_factor", usual),
            Short = Divisors("short_factor", plain.Dimensions / 2),
            Long = Divisors("long_factor", plain.Dimensions / 2),
        };
    }

    private int MaxPositions() => _config.Size("max_position_embeddings", 2048);

    // The length of the first training: beside the other keys (which wins), in this object, or the longest sequence.
    private int Original()
    {
        var inside = (int)Number("original_max_position_embeddings", 0);
        return _config.Size("original_max_position_embeddings", inside > 0 ? inside : MaxPositions());
    }

    private RopeOptions.Divisors Divisors(string key, int count)
    {
        _read.Add(key);
        return _json[key] is JsonArray list && list.Count == count
            ? new RopeOptions.Divisors([.. list.Select(item => (float)_config.Number($"{_at}.{key}", item ?? "null"))])
            : throw new ModelFileException(
                _config.File,
                $"{_at}.{key}",
                _json[key] is JsonArray other ? $"{other.Count} numbers" : "nothing",
                $"{count} numbers"
            );
    }

    private bool Flag(string key, bool otherwise)
    {
        _read.Add(key);
        return _json[key] is not { } value ? otherwise
            : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
            : throw _config.Wrong($"{_at}.{key}", value, "true or false");
    }

    private double Number(string key, double otherwise)
    {
        _read.Add(key);
        return _json[key] is { } value ? _config.Number($"{_at}.{key}", value) : otherwise;
    }

    private double Positive(string key)
    {
        _read.Add(key);
        return _json[key] is not { } value
                ? throw new ModelFileException(_config.File, $"{_at}.{key}", "nothing", "a number")
            : _config.Number($"{_at}.{key}", value) is > 0 and var number ? number
            : throw _config.Wrong($"{_at}.{key}", value, "a number above 0");
    }

    private void CheckAllRead(RopeKind kind)
    {
        foreach (var (key, value) in _json)
        {
            // The length of the first training says nothing to scalings that do not name it.
            var idle =
                kind is RopeKind.Default or RopeKind.Linear or RopeKind.Dynamic
                && key == "original_max_position_embeddings";
            if (value is not null && !_read.Contains(key) && !idle)
            {
                throw _config.Wrong($"{_at}.{key}", value, "only keys that are known: this one may change numbers");
            }
        }
    }
}
