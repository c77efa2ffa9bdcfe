using System.Text.Json;
using Finetune.Engine.Measuring;

namespace Finetune.Cli.Health;

/// <summary>
/// What <c>doctor --measure</c> found on this machine, kept for <c>precision: auto</c>: <c>machine.json</c> in
/// <c>FINETUNE_HOME</c>, else in the user's folder for local application data.
/// </summary>
internal static class MachineFile
{
    /// <summary>Where it is.</summary>
    public static string PathFor(Func<string, string?> variable) =>
        Path.Combine(
            variable("FINETUNE_HOME")
                ?? Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
                    "dotnet-finetune"
                ),
            "machine.json"
        );

    /// <summary><c>bf16</c> where it was measured to be the faster one, else <c>fp32</c>, also where nothing was measured.</summary>
    public static string FasterPrecision(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            return root.GetProperty("bf16_gflops").GetDouble() > root.GetProperty("fp32_gflops").GetDouble()
                ? "bf16"
                : "fp32";
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
            )
        {
            return "fp32";
        }
    }

    /// <summary>Keeps a measurement.</summary>
    public static void Write(string path, MatrixSpeed speed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = File.Create(path);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("fp32_gflops", Math.Round(speed.Fp32, 1));
        writer.WriteNumber("bf16_gflops", Math.Round(speed.Bf16, 1));
        writer.WriteEndObject();
    }
}
