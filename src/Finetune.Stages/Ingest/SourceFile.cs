using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Stages.Ingest;

/// <summary>A file of a source.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="DisplayName">What it is called in messages.</param>
public sealed record SourceFile(string Path, string DisplayName)
{
    /// <summary>The files of a step: paths from the input <c>files</c>, names from the step's private entry
    /// <c>files</c> (a list, as the user wrote them) or else the bare file names.</summary>
    public static IReadOnlyList<SourceFile> Of(StageContext context)
    {
        var names = context.Step.Private["files"]?.AsArray();
        return
        [
            .. context
                .InputPaths["files"]
                .Select(
                    (path, i) =>
                        new SourceFile(
                            path,
                            names is not null && i < names.Count ? (string)names[i]! : System.IO.Path.GetFileName(path)
                        )
                ),
        ];
    }

    /// <summary>An error in this file.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="message">What was found and what was wanted.</param>
    /// <param name="cure">What to do.</param>
    /// <param name="line">1-based line.</param>
    /// <param name="column">1-based column.</param>
    /// <param name="row">Number of the row in the source, where one is at fault.</param>
    public Diagnostic Error(string code, string message, string cure, long line, int column = 1, long? row = null) =>
        new(code, message, new SourceSpan(DisplayName, (int)line, column), Cure: cure, Row: row);
}
