using Finetune.Engine.Models;

namespace Finetune.Stages.Export.Formats;

/// <summary>A way to write a model for other programs.</summary>
internal interface IExportFormat
{
    /// <summary>The word a person writes.</summary>
    string Name { get; }

    /// <summary>Writes the model's files.</summary>
    /// <returns>Whether no number was rounded, so that the model must answer as it did.</returns>
    /// <exception cref="Graph.Diagnostics.PipelineException">The model has no place in the format.</exception>
    bool Write(ExportSource source);

    /// <summary>The model as another program would load it, from what was written.</summary>
    CausalModel Reload(ExportSource source);
}
