namespace Finetune.Cli.Starters;

/// <summary>The answers that a new pipeline is written from.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Data">Path of the table, relative to the document; null: sample rows are written.</param>
/// <param name="Text">The column with the text to judge.</param>
/// <param name="Answer">The column with the right answer.</param>
/// <param name="Base">The model to start from.</param>
/// <param name="FreeText">Whether the answer is free text, not one of a few values.</param>
internal sealed record Starter(string Name, string? Data, string Text, string Answer, string Base, bool FreeText)
{
    /// <summary>Where the sample rows go.</summary>
    public const string SamplePath = "data/requests.csv";

    /// <summary>The rows' place in the document.</summary>
    public string Source => Data ?? SamplePath;
}
