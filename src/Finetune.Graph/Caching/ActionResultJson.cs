using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Graph.Caching;

/// <summary>
/// Action results as text. By hand rather than by a serializer: reading them is all that a cached run does. The text
/// carries its own digest, so that a changed byte is seen as surely as a missing one.
/// </summary>
internal static class ActionResultJson
{
    public static string Write(ActionResult result)
    {
        var body = new JsonObject
        {
            ["schema"] = result.Schema,
            ["key"] = result.Key,
            ["kind"] = result.Kind,
            ["outputs"] = new JsonArray([.. result.Outputs.Select(WriteOutput)]),
            ["warnings"] = new JsonArray([.. result.Warnings.Select(WriteWarning)]),
            ["facts"] = result.Facts.DeepClone(),
        };
        var check = ContentHash.Of(CanonicalJson.Write(body)).Hex;
        return new JsonObject { ["check"] = check, ["result"] = body }.ToJsonString() + "\n";
    }

    public static ActionResult? Read(string text)
    {
        try
        {
            var whole = JsonNode.Parse(text);
            if (
                whole?["result"] is not JsonObject body
                || (string?)whole["check"] != ContentHash.Of(CanonicalJson.Write(body)).Hex
                || (int?)body["schema"] != ActionResult.CurrentSchema
            )
            {
                return null;
            }

            return new ActionResult(
                ActionResult.CurrentSchema,
                ContentHash.Parse((string)body["key"]!).Hex,
                (string)body["kind"]!,
                [.. body["outputs"]!.AsArray().Select(o => ReadOutput(o!))],
                [.. body["warnings"]!.AsArray().Select(w => ReadWarning(w!))],
                body["facts"]!.DeepClone().AsObject()
            );
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or InvalidOperationException
                        or NullReferenceException
                        or FormatException
                        or ArgumentException
            )
        {
            return null;
        }
    }

    private static JsonNode WriteOutput(StoredOutput output) =>
        new JsonObject
        {
            ["name"] = output.Name,
            ["file_name"] = output.FileName,
            ["is_folder"] = output.IsFolder,
            ["digest"] = output.Digest,
            ["files"] = new JsonArray([
                .. output.Files.Select(f => new JsonObject
                {
                    ["path"] = f.Path,
                    ["digest"] = f.Digest,
                    ["size"] = f.Size,
                }),
            ]),
        };

    private static StoredOutput ReadOutput(JsonNode output) =>
        new(
            (string)output["name"]!,
            (string)output["file_name"]!,
            (bool)output["is_folder"]!,
            ContentHash.Parse((string)output["digest"]!).Hex,
            [
                .. output["files"]!
                    .AsArray()
                    .Select(f => new StoredFile(
                        (string)f!["path"]!,
                        ContentHash.Parse((string)f["digest"]!).Hex,
                        (long)f["size"]!
                    )),
            ]
        );

    private static JsonNode WriteWarning(StoredWarning warning) =>
        new JsonObject
        {
            ["code"] = warning.Code,
            ["message"] = warning.Message,
            ["cure"] = warning.Cure,
            ["row"] = warning.Row,
        };

    private static StoredWarning ReadWarning(JsonNode warning) =>
        new((string)warning["code"]!, (string)warning["message"]!, (string?)warning["cure"], (long?)warning["row"]);
}
