using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Finetune.Graph.Execution;

/// <summary>What is measured of a step that ran; provenance, never part of a key.</summary>
internal static class Facts
{
    public static void Add(JsonObject facts, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        facts["seconds"] = Math.Round(elapsed.TotalSeconds, 3);
        facts["peak_memory_bytes"] = process.PeakWorkingSet64;
        facts["cores"] = Environment.ProcessorCount;
        facts["os"] = RuntimeInformation.OSDescription;
        facts["architecture"] = RuntimeInformation.ProcessArchitecture.ToString();
        facts["runtime"] = RuntimeInformation.FrameworkDescription;
    }
}
