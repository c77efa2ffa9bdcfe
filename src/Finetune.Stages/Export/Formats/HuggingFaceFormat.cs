using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;

namespace Finetune.Stages.Export.Formats;

/// <summary>A folder in Hugging Face layout with whole weights; an adapter is added into them.</summary>
internal sealed class HuggingFaceFormat : IExportFormat
{
    /// <inheritdoc/>
    public string Name => "huggingface";

    /// <inheritdoc/>
    public bool Write(ExportSource source)
    {
        var settings = source.Settings;
        var stored = ModelFolder.TypesIn(source.HasAdapter ? source.BaseFolder : source.Tuned);
        var files = ModelFolder.FilesIn(source.Tuned);
        StoredType? asked = settings.Dtype switch
        {
            "float32" => StoredType.F32,
            "bfloat16" => StoredType.BF16,
            "float16" => StoredType.F16,
            _ => null,
        };
        var weights = files.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)).ToList();
        if (
            !source.HasAdapter
            && weights.Count == 1
            && new FileInfo(weights[0]).Length <= settings.ShardBytes
            && stored.Values.All(type => asked is null || type == asked)
        )
        {
            CopyAll(files, source.Target);
        }
        else
        {
            var layout = new WeightLayout(name => asked ?? Kept(stored, name), settings.ShardBytes);
            ModelFolder.Save(source.Merged(), source.Target, layout);
        }

        Tokenizer.Copy(source.TokenizerFolder, source.Target);
        return ModelFolder.TypesIn(source.Target).Values.All(type => type is StoredType.F32 or StoredType.F64);
    }

    /// <inheritdoc/>
    public CausalModel Reload(ExportSource source) => source.Hold(() => ModelFolder.Load(source.Target));

    /// <summary>Copies files into a folder.</summary>
    internal static void CopyAll(IEnumerable<string> files, string target)
    {
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    // A tensor that the base's files call otherwise (a body alone) has the numbers of the rest.
    private static StoredType Kept(IReadOnlyDictionary<string, StoredType> stored, string name) =>
        stored.TryGetValue(name, out var type) ? type : stored.Values.First();
}
