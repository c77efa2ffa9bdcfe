using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Export.Gguf;

/// <summary>A family as llama.cpp computes it (<c>src/models/*.cpp</c> there): what its code can and cannot.</summary>
/// <param name="Architecture">Its name there.</param>
/// <param name="Read">Reads the family's shape from a configuration.</param>
internal sealed record GgufFamily(string Architecture, Func<ModelConfig, DecoderOptions> Read)
{
    /// <summary>Rotary positions turn neighbours there, so that rows of queries and keys are reordered.</summary>
    public bool Permuted { get; init; }

    /// <summary>The activation there.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Whether heads may have another size than the hidden size parted by heads.</summary>
    public bool FreeHeadSize { get; init; } = true;

    /// <summary>Whether it adds biases of attention's projections (output's aside) where there are some.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether it adds biases of attention's output and of the feed-forward part where there are some.</summary>
    public bool OtherBiases { get; init; }

    /// <summary>Whether there may be a head of its own.</summary>
    public bool OwnHead { get; init; } = true;

    /// <summary>Every how many layers one sees all, the others a window; 0 where no windows are computed.</summary>
    public int Period { get; init; }

    /// <summary>Whether windows may be left out in all layers.</summary>
    public bool WindowsOptional { get; init; } = true;

    /// <summary>Layers of the published size whose scores are scaled by hidden size over heads; 0 for none.</summary>
    public int WideScoreLayers { get; init; }

    /// <summary>Whether it reads rotary factors of longrope.</summary>
    public bool LongRope { get; init; }

    /// <summary>Whether it reads rotary factors as of Llama 3.</summary>
    public bool RotaryFactors { get; init; }

    /// <summary>By what queries are multiplied so that scores there are the model's.</summary>
    public double ScoreFactor(DecoderOptions options)
    {
        if (options.ScoreScale is not { } wanted)
        {
            return 1;
        }

        var size = options.Layers == WideScoreLayers ? options.HiddenSize / options.Heads : options.HeadSize;
        var factor = wanted * Math.Sqrt(size);
        return Math.Abs(factor - 1) < 1e-12 ? 1 : factor;
    }
}
