using System.Text;

namespace Finetune.Cli.Output;

/// <summary>What the process stands in: its streams, its environment and its clock.</summary>
internal sealed record Surroundings
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input as it comes.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether a person can be asked: input and error are a terminal.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Whether standard error takes live displays and colour: a terminal, no <c>NO_COLOR</c>, no
    /// <c>TERM=dumb</c>, no continuous integration.</summary>
    public required bool IsLive { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>A variable of the environment; null where it is unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Those of this process.</summary>
    public static Surroundings OfProcess()
    {
        static string? Variable(string name) =>
            Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

        var isPlain =
            Console.IsErrorRedirected
            || Variable("NO_COLOR") is not null
            || Variable("CI") is not null
            || string.Equals(Variable("TERM"), "dumb", StringComparison.Ordinal);
        return new()
        {
            Out = new StreamWriter(Console.OpenStandardOutput(), Utf8, 1 << 16) { NewLine = "\n" },
            Error = new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true, NewLine = "\n" },
            OpenInput = Console.OpenStandardInput,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected && Variable("CI") is null,
            IsLive = !isPlain,
            Clock = TimeProvider.System,
            Variable = Variable,
        };
    }
}
