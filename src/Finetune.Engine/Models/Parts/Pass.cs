namespace Finetune.Engine.Models.Parts;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Layout">Where documents lie.</param>
/// <param name="Rotation">Cosines and sines of the positions.</param>
/// <param name="Caches">One a document, or null.</param>
public sealed record Pass(DocumentLayout Layout, Rotation Rotation, IReadOnlyList<KeyValueCache>? Caches);
