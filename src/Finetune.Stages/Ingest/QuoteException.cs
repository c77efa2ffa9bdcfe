namespace Finetune.Stages.Ingest;

/// <summary>Quotes that cannot be read; nothing after them can be trusted.</summary>
/// <param name="line">Where the quote is opened.</param>
/// <param name="message">What is wrong.</param>
internal sealed class QuoteException(long line, string message) : Exception(message)
{
    /// <summary>Where the quote is opened.</summary>
    public long Line { get; } = line;
}
