namespace Finetune.Stages.Export.Formats;

/// <summary>The one list of formats. A new format is a file and a line here.</summary>
public static class ExportFormats
{
    private static readonly IReadOnlyList<IExportFormat> All =
    [
        new HuggingFaceFormat(),
        new PeftFormat(),
        new GgufFormat(),
    ];

    /// <summary>The words a person writes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(format => format.Name)];

    /// <summary>The format of that name.</summary>
    internal static IExportFormat Of(string name) => All.Single(format => format.Name == name);
}
