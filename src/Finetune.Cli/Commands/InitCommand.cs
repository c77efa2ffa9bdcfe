using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Starters;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Writes a first pipeline that runs as it is, offline.</summary>
[Command("init", Description = "Write a commented pipeline.yml, sample rows and a .gitignore. Asks on a terminal.")]
internal sealed class InitCommand : ToolCommand
{
    private const string DocumentName = "pipeline.yml";
    private const string SampleText = "request";
    private const string SampleAnswer = "intent";

    [Argument(0, "folder", "Where to write; the current folder by default")]
    public string Folder { get; set; } = ".";

    [Option("--name <NAME>", "The pipeline's name", CommandOptionType.SingleValue)]
    public string? Name { get; set; }

    [Option(
        "--data <FILE>",
        "A table of yours (csv, tsv, jsonl); without it sample rows are written",
        CommandOptionType.SingleValue
    )]
    public string? Data { get; set; }

    [Option("--text <COLUMN>", "The column with the text to judge", CommandOptionType.SingleValue)]
    public string? Text { get; set; }

    [Option("--answer <COLUMN>", "The column with the right answer", CommandOptionType.SingleValue)]
    public string? Answer { get; set; }

    [Option("--base <MODEL>", "builtin:NAME or a folder in Hugging Face layout", CommandOptionType.SingleValue)]
    public string? Base { get; set; }

    [Option("--free-text", "The answer is free text, not one of a few values", CommandOptionType.NoValue)]
    public bool FreeText { get; set; }

    [Option("--yes", "Ask nothing", CommandOptionType.NoValue)]
    public bool Yes { get; set; }

    [Option("--overwrite", "Replace files that are there", CommandOptionType.NoValue)]
    public bool Overwrite { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(Folder);
        var starter = Ask(folder, new Questions(surroundings.CanAsk && !Yes ? s => Prompt(surroundings, s) : null));
        var files = new List<(string Path, string Text)> { (DocumentName, StarterDocument.Of(starter)) };
        if (starter.Data is null)
        {
            files.Add((Starter.SamplePath, SampleRows()));
        }

        var taken = files.Select(file => file.Path).Where(path => File.Exists(Path.Combine(folder, path))).ToList();
        if (taken.Count > 0 && !Overwrite)
        {
            throw new UsageException(
                $"{string.Join(" and ", taken)} in '{Folder}' would be replaced",
                "name another folder, or say --overwrite"
            );
        }

        foreach (var (path, text) in files)
        {
            Write(Path.Combine(folder, path), text);
            surroundings.Out.WriteLine($"wrote {Path.Combine(Folder, path)}");
        }

        if (AddIgnored(Path.Combine(folder, ".gitignore")))
        {
            surroundings.Out.WriteLine($"wrote {Path.Combine(Folder, ".gitignore")}");
        }

        surroundings.Out.WriteLine("next: dotnet finetune validate, then dotnet finetune run");
        return Task.FromResult((int)ExitCode.Ok);
    }

    private Starter Ask(string folder, Questions questions)
    {
        var name = Name ?? questions.Text("Name", NameOf(folder));
        var data = Data ?? questions.Text("Table of rows (csv, tsv, jsonl)", "sample rows");
        var isSample = string.Equals(data, "sample rows", StringComparison.Ordinal);
        var text = Text ?? (isSample ? SampleText : questions.Text("Column with the text", "text"));
        var answer = Answer ?? (isSample ? SampleAnswer : questions.Text("Column with the answer", "label"));
        var freeText = FreeText || (!isSample && questions.Confirm("Is the answer free text", byDefault: false));
        var model = Base ?? questions.Text("Model to start from", "builtin:tiny");
        return isSample && (text is not SampleText || answer is not SampleAnswer)
            ? throw new UsageException(
                $"the sample rows have the columns '{SampleText}' and '{SampleAnswer}'",
                "name your table with --data"
            )
            : new Starter(name, isSample ? null : data.Replace('\\', '/'), text, answer, model, freeText);
    }

    private static string? Prompt(Surroundings surroundings, string question)
    {
        surroundings.Error.Write(question);
        return Console.In.ReadLine();
    }

    private static string NameOf(string folder)
    {
        var letters = Path.GetFileName(folder.TrimEnd(Path.DirectorySeparatorChar))
            .ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-');
        var name = string.Concat(letters).Trim('-');
        return name.Length == 0 ? "pipeline" : name;
    }

    private static string SampleRows()
    {
        using var stream = typeof(InitCommand).Assembly.GetManifestResourceStream("requests.csv")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The store is no source: ignored by git, once.</summary>
    private static bool AddIgnored(string path)
    {
        string[] wanted = [".finetune/", "out/"];
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var missing = wanted.Except(lines.Select(line => line.Trim()), StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
        {
            return false;
        }

        Write(path, string.Concat(lines.Concat(missing).Select(line => line + "\n")));
        return true;
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
