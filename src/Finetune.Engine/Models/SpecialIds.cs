using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Models;

/// <summary>Reads token ids that may be written as one number or as a list.</summary>
internal static class SpecialIds
{
    private const string Key = "eos_token_id";

    /// <summary>End-of-sequence ids: config.json's first, then those that only generation_config.json names.</summary>
    /// <exception cref="ModelFileException">Neither a number nor a list of numbers.</exception>
    public static IReadOnlyList<int> EndOfSequence(ModelConfig config) =>
        [.. Ids(config, config.Value(Key)).Concat(Ids(config, config.Generation?[Key])).Distinct()];

    private static IEnumerable<int> Ids(ModelConfig config, JsonNode? value) =>
        value switch
        {
            null => [],
            JsonArray list => list.Select(item => Id(config, item)),
            _ => [Id(config, value)],
        };

    private static int Id(ModelConfig config, JsonNode? value) =>
        value is not null
        && value.GetValueKind() == JsonValueKind.Number
        && value.AsValue().TryGetValue<int>(out var id)
            ? id
            : throw new ModelFileException(
                config.File,
                Key,
                value?.ToJsonString() ?? "null",
                "a token id or a list of them"
            );
}
