using System.Diagnostics;
using Finetune.Tests.Repository;

namespace Finetune.Tests.Cli;

/// <summary>The built tool as a process of its own. Found by path: its assembly, with libtorch beside it, is no
/// reference of this suite.</summary>
internal sealed record ToolProcess(int ExitCode, string Out, string Error)
{
    private static readonly string Built = RepositoryFiles.At(
        "src",
        "Finetune.Cli",
        "bin",
        AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0",
        "dotnet-finetune.dll"
    );

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="input">Its standard input.</param>
    public static ToolProcess Run(string folder, string[] arguments, string input = "")
    {
        Skip.IfNot(File.Exists(Built), "the tool is not built; 'dotnet build' builds the solution");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Built);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("FINETUNE_HOME");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
