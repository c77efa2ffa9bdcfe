namespace Finetune.Stages.Compilation;

/// <summary>What the command line adds to a document.</summary>
public sealed record CompileOptions
{
    /// <summary>At most this many rows of every source, from the first; null for all.</summary>
    public long? Limit { get; init; }

    /// <summary>More quality gates (<c>--require</c>).</summary>
    public IReadOnlyList<string> Require { get; init; } = [];

    /// <summary>Where <c>doctor --measure</c> leaves its record; null where there is no store yet.</summary>
    public string? StoreRoot { get; init; }

    /// <summary>Where to compute (<c>--device</c>), in place of what the document says; null leaves it.</summary>
    public string? Device { get; init; }

    /// <summary>What <c>device: auto</c> is here.</summary>
    public string UsualDevice { get; init; } = "cpu";

    /// <summary>Where files of the Hub are kept.</summary>
    public string HubCache { get; init; } = "";

    /// <summary>The <c>model_type</c>s that can be computed, as whoever can compute them knows; null leaves it to the
    /// run.</summary>
    public IReadOnlyCollection<string>? ModelTypes { get; init; }
}
