using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation.Settings;
using NJsonSchema;
using NJsonSchema.Generation;
using NJsonSchema.Generation.TypeMappers;

namespace Finetune.Stages.Compilation.Schema;

/// <summary>Settings records → JSON schema. Runs in tests, never in the tool.</summary>
internal static class SchemaGenerator
{
    // Read by hand on the YAML nodes: their shapes stand in OneOf attributes.
    private static readonly Type[] Unions =
    [
        typeof(SplitsSection),
        typeof(ModelSection),
        typeof(SplitRule),
        typeof(TemplateSection),
        typeof(ChoicesSection),
        typeof(MessagesRule),
        typeof(AdapterTargets),
        typeof(AdapterLayers),
        typeof(KeepRule),
        typeof(StageAdapter),
        typeof(ContenderItem),
        typeof(SliceItem),
        typeof(MetricItem),
        typeof(AnswerTake),
    ];

    /// <summary>The schema as indented JSON, with a line end.</summary>
    public static string Generate()
    {
        var settings = new SystemTextJsonSchemaGeneratorSettings
        {
            SerializerOptions = StageJson.Options,
            FlattenInheritanceHierarchy = true,
            DefaultReferenceTypeNullHandling = ReferenceTypeNullHandling.NotNull,
            AlwaysAllowAdditionalObjectProperties = false,
            UseXmlDocumentation = true,
            ResolveExternalXmlDocumentation = false,
        };
        settings.SchemaProcessors.Add(new KeyProcessor());
        foreach (var union in Unions)
        {
            settings.TypeMappers.Add(new PrimitiveTypeMapper(union, _ => { }));
        }

        settings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(ChatVariables), s => s.Type = JsonObjectType.Object));
        var schema = JsonSchemaGenerator.FromType<PipelineSettings>(settings);
        schema.Title = "A pipeline of dotnet finetune";
        var json = JsonNode.Parse(schema.ToJson())!;
        return json.ToJsonString(new JsonSerializerOptions(StageJson.Options) { WriteIndented = true })
                .ReplaceLineEndings("\n") + "\n";
    }
}
