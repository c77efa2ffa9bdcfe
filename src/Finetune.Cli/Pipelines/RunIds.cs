using System.Globalization;

namespace Finetune.Cli.Pipelines;

/// <summary>Names for runs that sort by time and do not meet: the instant, and the process.</summary>
internal static class RunIds
{
    /// <summary>A new one, such as <c>20261124-201600-123-4711</c>.</summary>
    public static string New(TimeProvider clock) =>
        string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd-HHmmss-fff}-{Environment.ProcessId}");
}
