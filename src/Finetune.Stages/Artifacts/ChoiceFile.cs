using System.Text.Json;

namespace Finetune.Stages.Artifacts;

/// <summary>Template name to its choices: <c>training_choices.json</c> and <c>evaluation_choices.json</c>.</summary>
public static class ChoiceFile
{
    /// <summary>Reads it whole.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, TemplateChoices> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(path),
                ArtifactJson.Shared.DictionaryStringTemplateChoices
            )!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: no choices: {e.Message}", e);
        }
    }

    /// <summary>Writes it whole, templates in ordinal order.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, TemplateChoices> choices)
    {
        var ordered = new Dictionary<string, TemplateChoices>(StringComparer.Ordinal);
        foreach (var name in choices.Keys.Order(StringComparer.Ordinal))
        {
            ordered.Add(name, choices[name]);
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(ordered, ArtifactJson.Shared.DictionaryStringTemplateChoices);
        File.WriteAllBytes(path, [.. json, (byte)'\n']);
    }
}
