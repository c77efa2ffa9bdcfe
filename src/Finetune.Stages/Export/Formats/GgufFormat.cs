using Finetune.Engine.Export.Gguf;
using Finetune.Engine.Models;
using TorchSharp;

namespace Finetune.Stages.Export.Formats;

/// <summary>One file for llama.cpp, and a Modelfile for Ollama beside it.</summary>
internal sealed class GgufFormat : IExportFormat
{
    /// <inheritdoc/>
    public string Name => "gguf";

    /// <inheritdoc/>
    public bool Write(ExportSource source)
    {
        var settings = source.Settings;
        var type = GgufTypes.Parse(settings.Type!);
        GgufExport.Write(source.Merged(), source.TokenizerFolder, PathOf(source), type, settings.Name);
        File.WriteAllText(
            Path.Combine(source.Target, OllamaModelfile.FileName),
            OllamaModelfile.Write(settings.FileName!, source.TokenizerFolder, settings.MaxNewTokens)
        );
        return type == GgufType.F32;
    }

    // The values of the model are replaced by the file's, so that no second model is held; what the file lacks is zero.
    /// <inheritdoc/>
    public CausalModel Reload(ExportSource source)
    {
        var model = source.Merged();
        using (torch.no_grad())
        {
            foreach (var parameter in model.parameters())
            {
                parameter.zero_();
            }
        }

        GgufExport.Fill(model, PathOf(source));
        return model;
    }

    private static string PathOf(ExportSource source) => Path.Combine(source.Target, source.Settings.FileName!);
}
