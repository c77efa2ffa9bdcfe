using System.Text.Json;

namespace Finetune.Stages.Compilation.Models;

/// <summary>What <c>doctor --measure</c> found faster on this machine.</summary>
public static class PrecisionRecord
{
    /// <summary>The record's file in the store: <c>{"precision":"bf16"}</c>; other keys are the doctor's.</summary>
    public const string FileName = "measured.json";

    private const string Single = "fp32";

    /// <summary><c>fp32</c> or <c>bf16</c> for what a document says. <c>auto</c> is what the record says of the processor,
    /// <c>fp32</c> without one; on CUDA <c>bf16</c>, which such devices compute faster.</summary>
    public static string Resolve(string written, string? storeRoot, string device = "cpu")
    {
        ArgumentNullException.ThrowIfNull(device);
        if (written == "auto" && device != "cpu")
        {
            return device.StartsWith("cuda", StringComparison.Ordinal) ? "bf16" : Single;
        }

        if (written != "auto")
        {
            return written;
        }

        using var record = storeRoot is null ? null : ModelFiles.Json(Path.Combine(storeRoot, FileName));
        return
            record is not null
            && record.RootElement.TryGetProperty("precision", out var found)
            && found.ValueKind == JsonValueKind.String
            && found.GetString() is "bf16"
            ? "bf16"
            : Single;
    }
}
