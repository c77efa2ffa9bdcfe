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

    /// <summary>Sets the number for a model: what was asked for (here, or by OMP_NUM_THREADS); else one for a narrow
    /// model and all cores for the others.</summary>
    public static void Fit(ModelShape shape)
    {
        var all = All.Value;
        var told = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 };
        set_num_threads(Asked ?? (told || shape.HiddenSize >= NarrowHidden ? all : 1));
    }
}
