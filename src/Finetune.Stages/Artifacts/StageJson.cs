using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>How settings and artifacts are written as JSON: snake_case, no escapes beyond what JSON needs.</summary>
public static class StageJson
{
    /// <summary>The options shared by everything that stages read and write.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };

    /// <summary>A settings record as the JSON object that goes into a step.</summary>
    public static JsonObject ToJson<T>(T settings)
        where T : notnull => JsonSerializer.SerializeToNode(settings, Options)!.AsObject();

    /// <summary>The settings record of a step.</summary>
    public static T FromJson<T>(JsonObject settings)
        where T : notnull => settings.Deserialize<T>(Options)!;
}
