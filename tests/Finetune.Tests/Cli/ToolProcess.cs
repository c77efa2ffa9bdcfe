using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Finetune.Tests.Cli;

/// <summary>What the built tool left when it ran as a process of its own, as a user has it. Found by path: its assembly,
/// with libtorch beside it, is no reference of these suites.</summary>
internal sealed record ToolProcess(int ExitCode, string Out, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly string Root = FindRoot();
    private static readonly string Built = Path.Combine(
        Root,
        "src",
        "Finetune.Cli",
        "bin",
        AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0",
        "dotnet-finetune.dll"
    );

    /// <summary>A file of the repository.</summary>
    public static string RepositoryFile(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The last event of <c>--json</c>.</summary>
    public JsonObject RunFinished =>
        JsonNode.Parse(Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!.AsObject();

    private IEnumerable<JsonNode> Steps => RunFinished["steps"]!.AsArray().Select(s => s!);

    /// <summary>The steps that ran, in order.</summary>
    public string Executed =>
        string.Join(' ', Steps.Where(s => (string?)s["status"] == "executed").Select(s => (string?)s["name"]));

    /// <summary>The path of an output.</summary>
    public string PathOf(string step, string output) =>
        (string)Steps.Single(s => (string?)s["name"] == step)["outputs"]![output]!;

    /// <summary>Starts it; the caller waits or kills.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is given.</param>
    public static Process Start(string folder, params string[] arguments) =>
        StartWith(folder, new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with variables of its own.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="variables">What its environment has beside the test's.</param>
    /// <param name="arguments">What it is given.</param>
    public static Process StartWith(
        string folder,
        IReadOnlyDictionary<string, string> variables,
        params string[] arguments
    )
    {
        Skip.IfNot(File.Exists(Built), "the tool is not built; 'dotnet build' builds the solution");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Built);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("FINETUNE_HOME");
        start.Environment.Remove("GITHUB_STEP_SUMMARY");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="variables">What its environment has beside the test's.</param>
    public static ToolProcess Run(
        string folder,
        string[] arguments,
        string input = "",
        IReadOnlyDictionary<string, string>? variables = null
    )
    {
        using var process = StartWith(folder, variables ?? new Dictionary<string, string>(), arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end, as it may after an error.
        }

        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', arguments)} did not end: {error.Result}");
        }

        return new(process.ExitCode, output.Result, error.Result);
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
