using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>The built tool as a process of its own, as a user has it.</summary>
public sealed class Tool(string workingFolder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built tool.</summary>
    public static string Assembly { get; } =
        Path.Combine(
            Root,
            "src",
            "Finetune.Cli",
            "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
            "net10.0",
            "dotnet-finetune.dll"
        );

    /// <summary>Starts it; the caller waits or kills.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("FINETUNE_HOME");
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public Finished Run(params string[] arguments) => Run(null, arguments);

    /// <summary>Runs it to its end with text on standard input.</summary>
    public Finished Run(string? input, string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end: {error.Result}");
        }

        process.WaitForExit();
        return new Finished(process.ExitCode, output.Result, error.Result);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

/// <summary>What a process left.</summary>
public sealed record Finished(int ExitCode, string Output, string Error)
{
    /// <summary>The last event of <c>--json</c>.</summary>
    public JsonObject RunFinished =>
        JsonNode.Parse(Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!.AsObject();

    /// <summary>Step name to its status in the last event.</summary>
    public IReadOnlyDictionary<string, string> Statuses =>
        RunFinished["steps"]!
            .AsArray()
            .ToDictionary(s => (string)s!["name"]!, s => (string)s!["status"]!, StringComparer.Ordinal);

    /// <summary>The steps that ran, in order.</summary>
    public string Executed =>
        string.Join(
            ' ',
            RunFinished["steps"]!
                .AsArray()
                .Where(s => (string)s!["status"]! == "executed")
                .Select(s => (string)s!["name"]!)
        );

    /// <summary>The path of an output.</summary>
    public string PathOf(string step, string output) =>
        (string)RunFinished["steps"]!.AsArray().Single(s => (string)s!["name"]! == step)!["outputs"]![output]!;

    /// <summary>A metric of the last event.</summary>
    public double Metric(string name) => (double)RunFinished["metrics"]![name]!;
}
