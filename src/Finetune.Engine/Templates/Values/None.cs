namespace Finetune.Engine.Templates.Values;

/// <summary>Python's None. Values are never null here.</summary>
internal sealed class None
{
    public static readonly None Value = new();

    private None() { }
}
