using System.Text.Json;
using Finetune.Engine.Measuring;
using Finetune.Stages.Compilation.Models;

namespace Finetune.Cli.Health;

/// <summary>What <c>doctor --measure</c> found on this machine, kept in the store for <c>precision: auto</c>.</summary>
internal static class MachineFile
{
    /// <summary>Where it is.</summary>
    public static string In(string store) => Path.Combine(store, PrecisionRecord.FileName);

    /// <summary>Keeps a measurement.</summary>
    public static void Write(string store, MatrixSpeed speed)
    {
        Directory.CreateDirectory(store);
        using var stream = File.Create(In(store));
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("precision", speed.Bf16 > speed.Fp32 ? "bf16" : "fp32");
        writer.WriteNumber("fp32_gflops", Math.Round(speed.Fp32, 1));
        writer.WriteNumber("bf16_gflops", Math.Round(speed.Bf16, 1));
        writer.WriteEndObject();
    }
}
