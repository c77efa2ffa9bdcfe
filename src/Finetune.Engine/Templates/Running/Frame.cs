namespace Finetune.Engine.Templates.Running;

/// <summary>Where a node runs: its names, where it writes to, and the render it belongs to.</summary>
internal sealed record Frame(Rendering Rendering, Scope Scope, Output Output, bool Escapes = false)
{
    /// <summary>Names of its own.</summary>
    public Frame Inner() => this with { Scope = new Scope(Scope) };

    /// <summary>Names of its own, and a text of its own to write to.</summary>
    public Frame Buffered() => this with { Scope = new Scope(Scope), Output = new Output(Rendering.Marks) };
}
