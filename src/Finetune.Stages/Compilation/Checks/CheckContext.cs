using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>What every check looks at.</summary>
/// <param name="Document">The document.</param>
/// <param name="Settings">Its settings; faulty values are read as defaults.</param>
/// <param name="Places">Where things stand.</param>
/// <param name="Findings">Where faults go.</param>
internal sealed record CheckContext(
    PipelineDocument Document,
    PipelineSettings Settings,
    Places Places,
    Findings Findings
)
{
    /// <summary>What of the Hub is on this machine.</summary>
    public required HubShelf Hub { get; init; }

    /// <summary>An absolute path; relative ones start beside the document.</summary>
    public string Resolve(string path) =>
        Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Document.Path) ?? "", path))
        );

    /// <summary>A file as a person at the command line would name it: from where the document was named.</summary>
    public string Display(string file)
    {
        var beside = Path.GetDirectoryName(Document.Path) ?? "";
        var relative = Path.GetRelativePath(beside, file);
        return Path.IsPathRooted(relative) ? file : Path.Join(Path.GetDirectoryName(Document.DisplayPath), relative);
    }

    /// <summary>A fault at a value.</summary>
    public void AtValue(string code, string path, string message, string? cure = null) =>
        Findings.Add(code, Places.Value(path), path, message, cure);

    /// <summary>A fault at a key.</summary>
    public void AtKey(string code, string path, string message, string? cure = null) =>
        Findings.Add(code, Places.Key(path), path, message, cure);

    /// <summary>A warning at a key.</summary>
    public void WarnAtKey(string code, string path, string message, string? cure = null) =>
        Findings.Warn(code, Places.Key(path), path, message, cure);
}
