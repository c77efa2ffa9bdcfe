using System.Text.Json.Serialization;

namespace Finetune.Cli.Starters;

/// <summary>JSON strings are YAML strings; made at compile time, so that writing one loads no reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class StarterJson : JsonSerializerContext;
