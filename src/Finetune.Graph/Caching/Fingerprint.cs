using System.Text.Json.Nodes;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Caching;

/// <summary>The key of a step: a hash, and the named entries it was made of.</summary>
/// <param name="Key">The hash of the canonical text of the entries.</param>
/// <param name="Expanded">The entries: <c>format, kind, version, settings, inputs, ambient</c>.</param>
public sealed record Fingerprint(ContentHash Key, JsonObject Expanded)
{
    /// <summary>Raised when keys are made of other entries than before.</summary>
    public const int FormatVersion = 1;

    /// <summary>The key of a step whose inputs have these contents.</summary>
    /// <param name="step">The step.</param>
    /// <param name="inputs">Input name to digests, in the order of the input's files.</param>
    public static Fingerprint Of(Step step, IReadOnlyDictionary<string, IReadOnlyList<InputDigest>> inputs)
    {
        var entries = new JsonObject
        {
            ["format"] = FormatVersion,
            ["kind"] = step.Kind,
            ["version"] = step.Stage.Version,
            ["settings"] = step.Settings.DeepClone(),
            ["inputs"] = new JsonObject(
                inputs.Select(i =>
                    KeyValuePair.Create<string, JsonNode?>(i.Key, new JsonArray([.. i.Value.Select(Entry)]))
                )
            ),
            ["ambient"] = new JsonObject(
                step.Ambient.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, JsonValue.Create(a.Value)))
            ),
        };
        var sorted = CanonicalJson.Sorted(entries)!.AsObject();
        return new Fingerprint(ContentHash.Of(CanonicalJson.Write(sorted)), sorted);
    }

    private static JsonValue Entry(InputDigest input) =>
        JsonValue.Create(input.Name is null ? input.Digest.Hex : $"{input.Name} {input.Digest.Hex}");
}

/// <summary>The content of one input file or output.</summary>
/// <param name="Digest">Of its bytes; of a folder: of its manifest.</param>
/// <param name="Name">The bare file name where it is part of the content, else null.</param>
public sealed record InputDigest(ContentHash Digest, string? Name = null);
