using System.Text.Json;

namespace Finetune.Stages.Ingest;

/// <summary>What System.Text.Json says, without the places it adds: they count lines from 0 within one line.</summary>
internal static class JsonProblem
{
    /// <summary>The cause in words.</summary>
    public static string Of(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? exception.Message : exception.Message[..end]).TrimEnd('.');
    }
}
