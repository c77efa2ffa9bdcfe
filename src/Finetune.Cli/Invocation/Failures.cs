using Finetune.Cli.Output;
using Finetune.Engine;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Invocation;

/// <summary>What is said about an exception, and the exit code it leads to.</summary>
internal static class Failures
{
    /// <summary>Says it on standard error.</summary>
    public static ExitCode Say(Exception exception, Surroundings surroundings, bool withStack)
    {
        var error = surroundings.Error;
        var code = exception switch
        {
            PipelineException pipeline => SayDiagnostics(pipeline, error),
            UsageException usage => SayUsage(usage.Message, usage.Cure, error),
            CommandParsingException parsing => SayUsage(parsing.Message.Trim(), CureOf(parsing), error),
            ModelFileException file => SayCoded("FT7001", file.Message, null, ExitCode.StepFailed, error),
            _ when NativeFailure.Of(exception) is { } native => SayCoded(
                "FT9001",
                native,
                "'dotnet finetune doctor' names the cause",
                ExitCode.Environment,
                error
            ),
            IOException or UnauthorizedAccessException => SayCoded(
                "FT9002",
                exception.Message,
                null,
                ExitCode.Environment,
                error
            ),
            _ => SayBug(exception, withStack, error),
        };
        if (withStack)
        {
            error.WriteLine(exception);
        }

        return code;
    }

    private static ExitCode SayDiagnostics(PipelineException exception, TextWriter error)
    {
        foreach (var diagnostic in exception.Diagnostics)
        {
            error.Write(Sources.Print(diagnostic));
        }

        return exception.ExitCode;
    }

    private static ExitCode SayCoded(string number, string message, string? cure, ExitCode code, TextWriter error)
    {
        error.Write(Sources.Print(new Diagnostic(number, message, Cure: cure)));
        return code;
    }

    private static ExitCode SayUsage(string message, string? cure, TextWriter error)
    {
        error.WriteLine($"error: {message}");
        if (cure is not null)
        {
            error.WriteLine($"  cure: {cure}");
        }

        return ExitCode.Usage;
    }

    private static ExitCode SayBug(Exception exception, bool withStack, TextWriter error)
    {
        error.WriteLine($"error: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
        if (!withStack)
        {
            error.WriteLine("  this is a fault of the tool; '-v diag' shows where it happened");
        }

        return ExitCode.StepFailed;
    }

    private static string? CureOf(CommandParsingException exception)
    {
        var found = exception.Message.Split('\'').ElementAtOrDefault(1);
        var candidates = exception
            .Command.GetOptions()
            .SelectMany(option => new[] { option.LongName is null ? null : "--" + option.LongName })
            .OfType<string>()
            .Concat(exception.Command.Parent is null ? CommandTable.Verbs : []);
        var near = found is null ? null : NearestMatch.Of(found, candidates);
        return near is null ? "'--help' lists what there is" : $"did you mean '{near}'?";
    }
}
