using System.Reflection;

namespace Finetune.Stages.Compilation.Schema;

/// <summary>The JSON schema of pipeline documents, for editors; <c>schemas/pipeline.schema.json</c>.</summary>
public static class PipelineSchema
{
    private const string Resource = "pipeline.schema.json";

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

    /// <summary>The schema made anew from the settings records; a test holds it against <see cref="Json"/>.</summary>
    public static string Generate() => SchemaGenerator.Generate();
}
