using System.Text;
using Finetune.Graph.Diagnostics;

namespace Finetune.Graph.Documents;

/// <summary>Reads a pipeline document: YAML with places, anchors and merge keys resolved, overrides applied.</summary>
public static class DocumentReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file as the user named it; relative to the current directory.</param>
    /// <param name="overrides">The <c>--set</c> arguments, each <c>a.b=value</c>, applied in order.</param>
    /// <exception cref="PipelineException">Exit code 2, with every broken place that could be found at once.</exception>
    public static PipelineDocument Read(string path, IReadOnlyList<string> overrides) =>
        Parse(Text(path), Path.GetFullPath(path), path, overrides);

    /// <summary>Reads text that is already at hand.</summary>
    /// <param name="text">The document's text.</param>
    /// <param name="path">Absolute path that relative paths of the document start from.</param>
    /// <param name="displayPath">The file name for diagnostics.</param>
    /// <param name="overrides">See <see cref="Read"/>.</param>
    /// <exception cref="PipelineException">See <see cref="Read"/>.</exception>
    public static PipelineDocument Parse(string text, string path, string displayPath, IReadOnlyList<string> overrides)
    {
        var diagnostics = new List<Diagnostic>();
        var root = new YamlComposer(text, new TextPlace(displayPath), diagnostics).ComposeDocument();
        if (diagnostics.Count == 0 && root is not MappingNode)
        {
            diagnostics.Add(
                new Diagnostic(
                    "FT1005",
                    root is null or ScalarNode { Value: null }
                        ? "the document is empty; a pipeline is an object with keys such as 'version' and 'name'"
                        : $"the document is {NodeWords.Describe(root)}; a pipeline is an object with keys such as 'version' and 'name'",
                    root?.Span ?? new SourceSpan(displayPath, 1, 1),
                    Cure: "start with 'dotnet finetune init', which writes a commented pipeline"
                )
            );
        }

        var mapping = root as MappingNode;
        for (var i = 0; i < overrides.Count; i++)
        {
            // With a broken document only the override's own syntax can be judged; its path would fail for a wrong reason.
            var setting = Override.Parse(overrides[i], i + 1, diagnostics);
            if (setting is not null && mapping is not null && diagnostics.Count == 0)
            {
                mapping = setting.ApplyTo(mapping, diagnostics);
            }
        }

        return diagnostics.Count > 0
            ? throw new PipelineException(diagnostics, ExitCode.InvalidPipeline)
            : new PipelineDocument(path, displayPath, text, mapping!, overrides);
    }

    private static string Text(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return StrictUtf8.GetString(bytes.AsSpan(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0));
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable($"'{path}' is not UTF-8 text", "save it as UTF-8");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            var near = NearestMatch.OfFile(path);
            throw Unreadable(
                Directory.Exists(path) ? $"'{path}' is a folder, not a pipeline" : $"there is no file '{path}'",
                near is null ? "name a pipeline, or write one with 'dotnet finetune init'" : $"did you mean '{near}'?"
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(
                Directory.Exists(path)
                    ? $"'{path}' is a folder, not a pipeline"
                    : $"'{path}' cannot be read: {e.Message}",
                "name a readable pipeline file"
            );
        }
    }

    private static PipelineException Unreadable(string message, string cure) =>
        new(new Diagnostic("FT1001", message, Cure: cure), ExitCode.InvalidPipeline);
}
