namespace Finetune.Cli.Batch;

/// <summary>A row of a batch verb's input that cannot be used; the verb says which row it was.</summary>
/// <param name="code">FT2 data, FT3 tokens.</param>
/// <param name="message">What was found and what was wanted.</param>
/// <param name="cure">What to do about it.</param>
internal sealed class RowException(string code, string message, string? cure = null) : Exception(message)
{
    /// <summary>The diagnostic's code.</summary>
    public string Code { get; } = code;

    /// <summary>What to do about it, if that is known.</summary>
    public string? Cure { get; } = cure;
}
