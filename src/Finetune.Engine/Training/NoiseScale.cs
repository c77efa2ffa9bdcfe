using System.Text.Json.Serialization;

namespace Finetune.Engine.Training;

/// <summary>
/// The simple gradient noise scale (McCandlish et al. 2018, appendix A.1): the trace of the examples' gradient covariance
/// over the squared norm of the true gradient, in examples. Both are estimated from the norm of a step's first pass and
/// of the whole step, and averaged over steps, as single estimates are too noisy to divide.
/// </summary>
/// <param name="Noise">The average of the trace's estimates, not yet corrected for its start at 0.</param>
/// <param name="Signal">The same of the squared norm's.</param>
/// <param name="Steps">Estimates so far.</param>
internal sealed record NoiseScale(double Noise = 0, double Signal = 0, int Steps = 0)
{
    private const double Decay = 0.99;

    /// <summary>The noise scale; null while the estimates make none. Corrections of the start cancel.</summary>
    [JsonIgnore]
    public double? Value => Steps > 0 && Signal > 0 && Noise > 0 ? Noise / Signal : null;

    /// <summary>With a step's estimates.</summary>
    /// <param name="small">Squared norm of the first pass's mean gradient, over this many examples.</param>
    /// <param name="large">The same of the whole step.</param>
    public NoiseScale With((double Square, int Examples) small, (double Square, int Examples) large)
    {
        double few = small.Examples;
        double many = large.Examples;
        var signal = (many * large.Square - few * small.Square) / (many - few);
        var noise = (small.Square - large.Square) / (1 / few - 1 / many);
        return new NoiseScale(Decay * Noise + (1 - Decay) * noise, Decay * Signal + (1 - Decay) * signal, Steps + 1);
    }
}
