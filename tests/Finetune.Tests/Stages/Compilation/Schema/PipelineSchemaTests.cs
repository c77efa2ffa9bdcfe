using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation;
using Finetune.Stages.Compilation.Schema;
using NJsonSchema;

namespace Finetune.Tests.Stages.Compilation.Schema;

public sealed class PipelineSchemaTests
{
    // The kinds of faults that a schema can see: shapes, types, bounds, words, unknown and missing keys.
    private const string Structural = "FT11";

    private static readonly string[] Values =
    [
        "3",
        "0",
        "-1",
        "0.5",
        "1.5",
        "1e9",
        "99999999999",
        "true",
        "text",
        "\"\"",
        "last",
        "hash",
        "random",
        "distinct",
        "cosine",
        "zero_shot",
        "[]",
        "{}",
        "[a, b]",
        "[1]",
        "[a, a]",
        "{ kind: linear }",
        "{ best: validation_loss }",
        "{ few_shot: 2 }",
        "{ column: part }",
        "{ field: { column: part } }",
        "{ every: 5 }",
        "null",
        "all-linear",
    ];

    /// <summary>After a change of the settings records: <c>FINETUNE_UPDATE_SNAPSHOTS=1 dotnet test --filter PipelineSchema</c>.</summary>
    [Fact]
    public void The_schema_in_the_repository_is_the_one_the_records_give()
    {
        var path = Path.Combine(PipelineFolder.Source("World"), "../../../../../schemas/pipeline.schema.json");
        var generated = PipelineSchema.Generate();
        if (Environment.GetEnvironmentVariable("FINETUNE_UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, generated);
        }

        Assert.Equal(File.ReadAllText(path), generated);
    }

    [Fact]
    public void The_tool_carries_the_schema_of_the_repository() =>
        Assert.Equal(PipelineSchema.Generate(), PipelineSchema.Json);

    [Fact]
    public void Every_key_has_a_description_and_an_example_and_every_object_is_closed()
    {
        var root = JsonNode.Parse(PipelineSchema.Json)!.AsObject();
        var objects = new List<JsonObject> { root };
        objects.AddRange(root["definitions"]!.AsObject().Select(d => d.Value!.AsObject()));
        foreach (var schema in objects)
        {
            Assert.False((bool)schema["additionalProperties"]!);
            Assert.False(string.IsNullOrEmpty((string?)schema["description"]));
            var required = schema["required"]?.AsArray().Select(r => (string)r!).ToList() ?? [];
            foreach (var (name, key) in schema["properties"]!.AsObject())
            {
                Assert.False(string.IsNullOrEmpty((string?)key!["description"]), $"{name} has no description");
                Assert.True(key["examples"] is JsonArray { Count: > 0 }, $"{name} has no example");
                var hasDefault =
                    required.Contains(name)
                    || key["default"] is not null
                    || ((string)key["description"]!).Contains("Default: ", StringComparison.Ordinal)
                    || name is "evaluation" or "report";
                Assert.True(hasDefault, $"{name} says no default");
            }
        }
    }

    [Fact]
    public async Task Every_example_and_default_in_the_schema_is_valid()
    {
        var schema = await JsonSchema.FromJsonAsync(PipelineSchema.Json);
        foreach (var (name, key) in schema.Definitions.Values.Append(schema).SelectMany(s => s.Properties))
        {
            var examples = Newtonsoft.Json.Linq.JToken.FromObject(key.ExtensionData!["examples"]!);
            Assert.True(key.Validate(examples[0]!).Count == 0, $"the example of {name}");
            if (key.Default is not null)
            {
                Assert.True(
                    key.Validate(Newtonsoft.Json.Linq.JToken.FromObject(key.Default)).Count == 0,
                    $"the default of {name}"
                );
            }
        }
    }

    [Fact]
    public async Task Schema_and_binder_agree_on_mutated_documents()
    {
        var schema = await JsonSchema.FromJsonAsync(PipelineSchema.Json);
        using var folder = new PipelineFolder();
        var document = folder.Read();
        var paths = Paths(document.Root).ToList();
        Assert.Empty(schema.Validate(Json(document.Root).ToJsonString()));

        Gen.Select(Gen.Int[0, paths.Count - 1], Gen.Int[0, Values.Length + 1])
            .Sample(
                (at, value) =>
                {
                    var mutated = Mutate(document, paths[at], value);
                    var schemaAgrees = schema.Validate(Json(mutated.Root).ToJsonString()).Count == 0;
                    var structural = Faults(mutated).Where(IsStructural).ToList();
                    Assert.True(
                        schemaAgrees == (structural.Count == 0),
                        $"{paths[at]} <- {(value < Values.Length ? Values[value] : value)}: schema "
                            + $"{(schemaAgrees ? "accepts" : "refuses")}, binder: {string.Join("; ", structural.Select(d => d.Message))}"
                    );
                },
                iter: 2000,
                threads: 1
            );
    }

    // Choices that repeat and splits of another shape are structural too, though they have codes of their own.
    private static bool IsStructural(Diagnostic d) =>
        // A bound that another key sets is beyond a schema.
        (
            d.Code.StartsWith(Structural, StringComparison.Ordinal)
            && !d.Message.Contains("more than the batch_size", StringComparison.Ordinal)
            && !d.Message.Contains("the warm-up of", StringComparison.Ordinal)
        )
        || (d.Code == "FT1205" && d.KeyPath == "model")
        || (d.Code == "FT1206" && d.Message.Contains("source of its own", StringComparison.Ordinal))
        || (d.Code == "FT1204" && d.Message.Contains("choice", StringComparison.Ordinal));

    private static IReadOnlyList<Diagnostic> Faults(PipelineDocument document)
    {
        try
        {
            Compiler.Compile(document, new CompileOptions());
            return [];
        }
        catch (PipelineException e)
        {
            return e.Diagnostics;
        }
    }

    private static IEnumerable<string> Paths(Node node)
    {
        IEnumerable<Node> inner = node switch
        {
            MappingNode mapping => mapping.Entries.Select(e => e.Value),
            SequenceNode list => list.Items,
            _ => [],
        };
        foreach (var child in inner)
        {
            yield return child.Path;
            foreach (var deeper in Paths(child))
            {
                yield return deeper;
            }
        }
    }

    private static PipelineDocument Mutate(PipelineDocument document, string path, int value) =>
        document with
        {
            Root = (MappingNode)Replace(document.Root, path, value)!,
        };

    // The value is replaced, or its key is left out, or misspelt.
    private static Node? Replace(Node node, string path, int value)
    {
        if (node.Path == path)
        {
            return value < Values.Length
                ? NodePaths.Rebase(DocumentReader.Parse($"x: {Values[value]}", "/x", "x", []).Root["x"]!, path)
                : null;
        }

        return node switch
        {
            MappingNode mapping => mapping with
            {
                Entries =
                [
                    .. mapping
                        .Entries.Select(e => (Entry: e, Value: Replace(e.Value, path, value)))
                        .Where(e => e.Value is not null || value == Values.Length + 1)
                        .Select(e =>
                            e.Value is null
                                ? e.Entry with
                                {
                                    Key = "zzz" + e.Entry.Key,
                                }
                                : e.Entry with
                                {
                                    Value = e.Value,
                                }
                        ),
                ],
            },
            SequenceNode list => list with
            {
                Items = [.. list.Items.Select(i => Replace(i, path, value)).OfType<Node>()],
            },
            _ => node,
        };
    }

    private static JsonNode Json(Node node) =>
        node switch
        {
            MappingNode mapping => new JsonObject(
                mapping.Entries.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)JsonOrNull(e.Value)))
            ),
            SequenceNode list => new JsonArray([.. list.Items.Select(JsonOrNull)]),
            _ => JsonOrNull(node)!,
        };

    private static JsonNode? JsonOrNull(Node node) =>
        node is not ScalarNode scalar
            ? Json(node)
            : scalar.Value switch
            {
                null => null,
                bool flag => JsonValue.Create(flag),
                long whole => JsonValue.Create(whole),
                // JSON has no such numbers; a text is as wrong where a number is wanted.
                double number => double.IsFinite(number) ? JsonNode.Parse(Written(number)) : JsonValue.Create("nan"),
                var text => JsonValue.Create((string)text),
            };

    // 1e9 is no whole number in YAML; with its exponent it is none in JSON either.
    private static string Written(double number) => number.ToString("E16", CultureInfo.InvariantCulture);
}
