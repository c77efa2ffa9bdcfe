namespace Finetune.Engine;

/// <summary>A model, tokenizer or adapter file that cannot be used as it is. Stages and Cli give it a code (FT7).</summary>
/// <param name="file">The file at fault.</param>
/// <param name="field">The field in it, as a JSON path or tensor name; null when it is the file itself.</param>
/// <param name="found">What was found there.</param>
/// <param name="wanted">What was wanted.</param>
public sealed class ModelFileException(string file, string? field, string found, string wanted)
    : Exception($"{file}{(field is null ? "" : $" ({field})")}: found {found}, wanted {wanted}")
{
    /// <summary>The file at fault.</summary>
    public string File { get; } = file;

    /// <summary>The field at fault, or null.</summary>
    public string? Field { get; } = field;

    /// <summary>What was found.</summary>
    public string Found { get; } = found;

    /// <summary>What was wanted.</summary>
    public string Wanted { get; } = wanted;
}
