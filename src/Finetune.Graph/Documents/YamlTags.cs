namespace Finetune.Graph.Documents;

/// <summary>Tags of the YAML core schema in their full form.</summary>
internal static class YamlTags
{
    /// <summary><c>!!str</c>.</summary>
    public const string String = "tag:yaml.org,2002:str";

    /// <summary>Those that may stand in a document; all but <see cref="String"/> leave typing to the plain text.</summary>
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.Ordinal)
    {
        String,
        "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float",
        "tag:yaml.org,2002:bool",
        "tag:yaml.org,2002:null",
        "tag:yaml.org,2002:map",
        "tag:yaml.org,2002:seq",
    };
}
