namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>A token with its place: offsets in code points of its text, which text (null: put in by a template).</summary>
internal readonly record struct PlacedToken(int Id, string Token, int Start, int End, int Type, int? Sequence);
