namespace Finetune.Cli.Invocation;

/// <summary>The command line is wrong: exit code 1, no stack trace.</summary>
/// <param name="message">What was found and what was wanted.</param>
/// <param name="cure">What to write instead.</param>
internal sealed class UsageException(string message, string? cure = null) : Exception(message)
{
    /// <summary>What to write instead, if that is known.</summary>
    public string? Cure { get; } = cure;
}
