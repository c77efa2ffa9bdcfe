using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads an export.</summary>
internal static class ExportBinder
{
    /// <summary>The export.</summary>
    public static ExportSection Bind(ObjectReader reader) =>
        new()
        {
            Format = reader.Need("format")?.Word("huggingface", "peft", "gguf") ?? "",
            To = reader.NeedText("to"),
            Type = reader.Find("type")?.Word("f32", "f16", "bf16", "q8_0"),
            Dtype = reader.Find("dtype")?.Word("float32", "bfloat16", "float16"),
            ShardSize = reader.Text("shard_size"),
        };
}
