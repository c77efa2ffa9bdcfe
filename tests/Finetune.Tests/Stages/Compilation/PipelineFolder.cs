using System.Text;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation;

namespace Finetune.Tests.Stages.Compilation;

/// <summary>A temporary folder with the files of <c>World</c>: data, models and the design's own pipeline.</summary>
internal sealed class PipelineFolder : IDisposable
{
    public PipelineFolder(string? overlay = null)
    {
        Root = Directory.CreateTempSubdirectory("finetune-compile-").FullName;
        Copy(Source("World"), Root);
        if (overlay is not null)
        {
            Copy(overlay, Root);
        }
    }

    public string Root { get; }

    public string PipelinePath => Path.Combine(Root, "pipeline.yml");

    public string Text
    {
        get => File.ReadAllText(PipelinePath);
        set => File.WriteAllText(PipelinePath, value);
    }

    /// <summary>A folder of this test's sources.</summary>
    public static string Source(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "Finetune.Tests", "Stages", "Compilation", name);
    }

    public PipelineDocument Read(params string[] overrides) =>
        DocumentReader.Parse(Text, PipelinePath, "pipeline.yml", overrides);

    public CompiledPipeline Compile(params string[] overrides) =>
        Compiler.Compile(Read(overrides), new CompileOptions { ModelTypes = ["llama", "mistral"] });

    /// <summary>What <c>validate</c> prints: every diagnostic, then the exit code.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        string? TextOf(string file) => file == "pipeline.yml" ? Text : null;
        try
        {
            var compiled = Compile();
            text.Append(DiagnosticPrinter.PrintAll(compiled.Warnings, TextOf));
            text.Append("exit code 0\n");
        }
        catch (PipelineException e)
        {
            text.Append(DiagnosticPrinter.PrintAll(e.Diagnostics, TextOf));
            text.Append(null, $"exit code {(int)e.ExitCode}\n");
        }

        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
