using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>
/// How many threads compute. Rounding depends on it, so it follows from what was asked for and from the model alone, never
/// from the load of the machine.
/// </summary>
public static class Threads
{
    // Products this narrow are over before a second thread has woken, and workers that spin between them starve each
    // other on a machine that others use too.
    private const int NarrowHidden = 192;

    private static readonly Lazy<int> All = new(get_num_threads);

    /// <summary>The number asked for; null chooses by the model.</summary>
    public static int? Asked { get; set; }

    /// <summary>Threads that may compute at once: what was asked for, here or by OMP_NUM_THREADS, else all cores.</summary>
    public static int Most => Asked ?? All.Value;

    /// <summary>Whether a model's products are too small for a second thread.</summary>
    public static bool IsNarrow(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.HiddenSize < NarrowHidden;
    }

    /// <summary>Sets the number that a product of a model runs on: one for a narrow model, the most there may be for the
    /// others.</summary>
    public static void Fit(ModelShape shape)
    {
        // Asked for first: once one is set, nobody knows how many cores there are.
        var most = Most;
        set_num_threads(IsNarrow(shape) ? 1 : most);
    }
}
