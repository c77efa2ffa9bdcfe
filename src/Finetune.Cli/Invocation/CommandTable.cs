using Finetune.Cli.Commands;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Invocation;

/// <summary>The one list of commands. A new command is a class and a line here.</summary>
internal static class CommandTable
{
    private static readonly (string Verb, Action<CommandLineApplication> Add)[] Entries =
    [
        Entry<InitCommand>("init"),
        Entry<ValidateCommand>("validate"),
        Entry<PlanCommand>("plan"),
        Entry<RunCommand>("run"),
        Entry<FetchCommand>("fetch"),
        Entry<ExplainCommand>("explain"),
        Entry<StatusCommand>("status"),
        Entry<GraphCommand>("graph"),
        Entry<RunsCommand>("runs"),
        Entry<CompareCommand>("compare"),
        Entry<ReportCommand>("report"),
        Entry<VerifyCommand>("verify"),
        Entry<ReplayCommand>("replay"),
        Entry<CacheCommand>("cache"),
        Entry<SchemaCommand>("schema"),
        Entry<GenerateCommand>("generate"),
        Entry<ChatCommand>("chat"),
        Entry<PredictCommand>("predict"),
        Entry<RenderCommand>("render"),
        Entry<TokenizeCommand>("tokenize"),
        Entry<TokenizerCommand>("tokenizer"),
        Entry<ScoreCommand>("score"),
        Entry<MetricsCommand>("metrics"),
        Entry<DoctorCommand>("doctor"),
    ];

    /// <summary>All verbs, in the order of the help text.</summary>
    public static IEnumerable<string> Verbs => Entries.Select(entry => entry.Verb);

    /// <summary>
    /// A parser for these arguments. Where they begin with a verb it knows that verb only: reading the attributes of
    /// every command would take longer than most commands run.
    /// </summary>
    public static CommandLineApplication<RootCommand> Parser(IReadOnlyList<string> args)
    {
        var app = new CommandLineApplication<RootCommand>();
        app.Conventions.UseAttributes().SetAppNameFromEntryAssembly().UseDefaultHelpOption();
        app.Name = "dotnet finetune";

        // Hints about wrong arguments are no result: standard output stays clean.
        app.Out = args.Any(arg => arg is "--help" or "-h" or "-?" or "--version") ? Console.Out : Console.Error;
        var named = Entries.Where(entry =>
            args.Count > 0 && string.Equals(entry.Verb, args[0], StringComparison.Ordinal)
        );
        foreach (var (_, add) in named.DefaultIfEmpty().All(entry => entry.Add is null) ? Entries : named)
        {
            add(app);
        }

        return app;
    }

    private static (string Verb, Action<CommandLineApplication> Add) Entry<T>(string verb)
        where T : ToolCommand => (verb, app => app.Command<T>(verb, command => command.Out = app.Out));
}
