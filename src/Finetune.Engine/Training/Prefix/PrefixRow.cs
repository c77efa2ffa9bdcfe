namespace Finetune.Engine.Training.Prefix;

/// <summary>What the frozen layers made of an example.</summary>
/// <param name="File">Where it is stored.</param>
/// <param name="Number">The example's number there.</param>
public sealed record PrefixRow(PrefixFile File, int Number);
