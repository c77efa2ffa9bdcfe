using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Caching;

/// <summary>What a step left: written last, so that it names only what is there.</summary>
/// <param name="Schema">Version of this format.</param>
/// <param name="Key">The step's key.</param>
/// <param name="Kind">The stage's kind.</param>
/// <param name="Outputs">In the order in which the stage declares them.</param>
/// <param name="Warnings">Shown again on a cached run.</param>
/// <param name="Facts">Measured: seconds, memory, machine. Outside key and digests.</param>
public sealed record ActionResult(
    int Schema,
    string Key,
    string Kind,
    IReadOnlyList<StoredOutput> Outputs,
    IReadOnlyList<StoredWarning> Warnings,
    JsonObject Facts
)
{
    /// <summary>The format that is written and read.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The text that is stored.</summary>
    public string Write() => ActionResultJson.Write(this);

    /// <summary>Reads a stored text; null when it is not a whole result of this format.</summary>
    public static ActionResult? Read(string text) => ActionResultJson.Read(text);
}

/// <summary>One output in the store.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="FileName">The file or folder name it is shown under.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Digest">Of the file, or of the folder's manifest.</param>
/// <param name="Files">The files, by path relative to the folder (with <c>/</c>); one with an empty path for a
/// file.</param>
public sealed record StoredOutput(
    string Name,
    string FileName,
    bool IsFolder,
    string Digest,
    IReadOnlyList<StoredFile> Files
);

/// <summary>One file in the store.</summary>
/// <param name="Path">Relative to its output.</param>
/// <param name="Digest">Of its bytes.</param>
/// <param name="Size">In bytes.</param>
public sealed record StoredFile(string Path, string Digest, long Size);

/// <summary>A warning as it is stored: a diagnostic without its place in a document that may have moved.</summary>
/// <param name="Code">See <see cref="Diagnostic"/>.</param>
/// <param name="Message">See <see cref="Diagnostic"/>.</param>
/// <param name="Cure">See <see cref="Diagnostic"/>.</param>
/// <param name="Row">See <see cref="Diagnostic"/>.</param>
public sealed record StoredWarning(string Code, string Message, string? Cure, long? Row)
{
    /// <summary>The diagnostic to show.</summary>
    public Diagnostic ToDiagnostic() => new(Code, Message, Cure: Cure, Row: Row, Severity: Severity.Warning);
}
