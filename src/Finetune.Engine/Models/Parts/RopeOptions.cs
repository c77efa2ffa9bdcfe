using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>How rotary position frequencies are made.</summary>
public enum RopeKind
{
    Default,
    Linear,
    Llama3,
}

/// <summary>
/// Rotary position embedding: its base and scaling. Read from <c>rope_parameters</c> (Transformers 5) or
/// <c>rope_theta</c> and <c>rope_scaling</c> (4 and before).
/// </summary>
/// <param name="Kind">The scaling.</param>
/// <param name="Theta">The base of the frequencies.</param>
/// <param name="Factor">By how much positions are stretched.</param>
/// <param name="LowFrequencyFactor">llama3: wavelengths above original / low are stretched whole.</param>
/// <param name="HighFrequencyFactor">llama3: wavelengths below original / high stay.</param>
/// <param name="OriginalPositions">llama3: the length it was first trained for.</param>
public sealed record RopeOptions(
    RopeKind Kind,
    double Theta,
    double Factor = 1,
    double LowFrequencyFactor = 1,
    double HighFrequencyFactor = 4,
    int OriginalPositions = 0
)
{
    private const double UsualTheta = 10_000;

    /// <summary>Reads either writing.</summary>
    /// <exception cref="ModelFileException">A scaling or a key of it that is not known.</exception>
    public static RopeOptions Read(ModelConfig config)
    {
        config.Only("rope_interleaved", "false");
        config.Only("partial_rotary_factor", "1", "1.0");
        var theta = config.Number("rope_theta", UsualTheta);
        var old = config.Section("rope_scaling");
        var options =
            config.Section("rope_parameters") is { } parameters ? Read(config, "rope_parameters", parameters, theta)
            : old is not null ? Read(config, "rope_scaling", old, theta)
            : new RopeOptions(RopeKind.Default, theta);
        return options.Theta > 0 ? options : throw config.Wrong("rope_theta", options.Theta, "a number above 0");
    }

    /// <summary>
    /// Turns a position step makes in each pair: <c>[headSize / 2]</c>, float32 as Transformers computes them.
    /// </summary>
    public Tensor InverseFrequencies(int headSize)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var exponents = arange(0, headSize, 2, float32) / headSize;
        var frequencies = 1.0f / pow(tensor((float)Theta), exponents);
        var scaled = Kind switch
        {
            RopeKind.Default => frequencies,
            RopeKind.Linear => frequencies / (float)Factor,
            RopeKind.Llama3 => Llama3(frequencies),
            _ => throw new InvalidOperationException($"{Kind}"),
        };
        return scaled.MoveToOuterDisposeScope();
    }

    // Long wavelengths are stretched, short ones stay, those between are blended:
    // transformers, modeling_rope_utils._compute_llama3_parameters.
    private Tensor Llama3(Tensor frequencies)
    {
        var wavelengths = (float)(2 * Math.PI) / frequencies;
        var longest = (float)(OriginalPositions / LowFrequencyFactor);
        var shortest = (float)(OriginalPositions / HighFrequencyFactor);
        var stretched = where(wavelengths > longest, frequencies / (float)Factor, frequencies);
        var smooth =
            ((float)OriginalPositions / wavelengths - (float)LowFrequencyFactor)
            / (float)(HighFrequencyFactor - LowFrequencyFactor);
        var blended = (1 - smooth) * stretched / (float)Factor + smooth * stretched;
        var between = (wavelengths >= shortest).logical_and(wavelengths <= longest);
        return where(between, blended, stretched);
    }

    private static RopeOptions Read(ModelConfig config, string at, JsonObject json, double theta)
    {
        var read = new HashSet<string>(StringComparer.Ordinal) { "rope_type", "type", "rope_theta" };
        var type = json["rope_type"] ?? json["type"];
        double Number(string key)
        {
            read.Add(key);
            return json[key] is { } value
                ? config.Number($"{at}.{key}", value)
                : throw new ModelFileException(config.File, $"{at}.{key}", "nothing", "a number");
        }

        if (json["rope_theta"] is not null)
        {
            theta = Number("rope_theta");
        }

        var options = type?.ToString() switch
        {
            null or "default" => new RopeOptions(RopeKind.Default, theta),
            "linear" => new RopeOptions(RopeKind.Linear, theta, Number("factor")),
            "llama3" => new RopeOptions(
                RopeKind.Llama3,
                theta,
                Number("factor"),
                Number("low_freq_factor"),
                Number("high_freq_factor"),
                (int)Number("original_max_position_embeddings")
            ),
            _ => throw config.Wrong(
                $"{at}.rope_type",
                type!,
                "default, linear or llama3: no other scaling is supported"
            ),
        };
        if (
            options.Factor <= 0
            || options.LowFrequencyFactor <= 0
            || options.HighFrequencyFactor <= options.LowFrequencyFactor
        )
        {
            throw config.Wrong(at, json, "factors above 0, high_freq_factor above low_freq_factor");
        }

        foreach (var (key, value) in json)
        {
            // A plain rotary embedding keeps keys that do nothing, except a partial rotation.
            var neutral =
                key == "partial_rotary_factor" && value is not null && config.Number($"{at}.{key}", value) == 1;
            if (value is not null && !read.Contains(key) && !neutral)
            {
                throw config.Wrong($"{at}.{key}", value, "only keys that are known: this one may change numbers");
            }
        }

        return options;
    }
}
