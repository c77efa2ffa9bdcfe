using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using NJsonSchema;
using NJsonSchema.Generation;
using NJsonSchema.Generation.TypeMappers;

namespace Finetune.Stages.Report;

/// <summary>The JSON schema of <c>report.json</c>, for programs that read it; <c>schemas/report.schema.json</c>.</summary>
public static class ReportSchema
{
    private const string Resource = "report.schema.json";

    /// <summary>The schema as it is kept in the repository and in the tool.</summary>
    public static string Json
    {
        get
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>The schema made anew from the records; a test holds it against <see cref="Json"/>.</summary>
    public static string Generate()
    {
        var settings = new SystemTextJsonSchemaGeneratorSettings
        {
            SerializerOptions = StageJson.Options,
            DefaultReferenceTypeNullHandling = ReferenceTypeNullHandling.NotNull,
            AlwaysAllowAdditionalObjectProperties = false,
            UseXmlDocumentation = true,
            ResolveExternalXmlDocumentation = false,
        };
        settings.TypeMappers.Add(new PrimitiveTypeMapper(typeof(JsonObject), s => s.Type = JsonObjectType.Object));
        settings.SchemaProcessors.Add(new AlwaysWritten());
        var schema = JsonSchemaGenerator.FromType<ReportFacts>(settings);
        schema.Title = "A report of dotnet finetune";
        var json = JsonNode.Parse(schema.ToJson())!;
        return json.ToJsonString(new JsonSerializerOptions(StageJson.Options) { WriteIndented = true })
                .ReplaceLineEndings("\n") + "\n";
    }

    // Every property is written but those that say when they are not.
    private sealed class AlwaysWritten : ISchemaProcessor
    {
        public void Process(SchemaProcessorContext context)
        {
            foreach (var property in context.ContextualType.Type.GetProperties())
            {
                var name = StageJson.Options.PropertyNamingPolicy!.ConvertName(property.Name);
                if (
                    context.Schema.Properties.TryGetValue(name, out var written)
                    && property.GetCustomAttribute<JsonIgnoreAttribute>() is null
                )
                {
                    written.IsRequired = true;
                }
            }
        }
    }
}
