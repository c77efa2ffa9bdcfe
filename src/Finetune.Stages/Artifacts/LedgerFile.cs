using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Finetune.Stages.Artifacts;

/// <summary>What the data stages counted: <c>ledger.json</c>.</summary>
public static class LedgerFile
{
    /// <summary>The ledger of <c>split</c>.</summary>
    public static SplitLedger ReadSplit(string path) => Read(path, ArtifactJson.Shared.SplitLedger);

    /// <summary>The ledger of <c>render</c>.</summary>
    public static RenderLedger ReadRender(string path) => Read(path, ArtifactJson.Shared.RenderLedger);

    /// <summary>The ledger of <c>tokenize</c>.</summary>
    public static TokenLedger ReadTokens(string path) => Read(path, ArtifactJson.Shared.TokenLedger);

    /// <summary>Writes the ledger of <c>split</c>.</summary>
    public static void Write(string path, SplitLedger ledger) => Write(path, ledger, ArtifactJson.Shared.SplitLedger);

    /// <summary>Writes the ledger of <c>render</c>.</summary>
    public static void Write(string path, RenderLedger ledger) => Write(path, ledger, ArtifactJson.Shared.RenderLedger);

    /// <summary>Writes the ledger of <c>tokenize</c>.</summary>
    public static void Write(string path, TokenLedger ledger) => Write(path, ledger, ArtifactJson.Shared.TokenLedger);

    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: no ledger: {e.Message}", e);
        }
    }

    private static void Write<T>(string path, T ledger, JsonTypeInfo<T> type) =>
        File.WriteAllBytes(path, [.. JsonSerializer.SerializeToUtf8Bytes(ledger, type), (byte)'\n']);
}
