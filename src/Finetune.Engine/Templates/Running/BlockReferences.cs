using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Running;

/// <summary>The variable <c>self</c>: the template's blocks, to be written again.</summary>
internal sealed class BlockReferences(Rendering rendering) : INamedKind, IMembers
{
    public string Kind => "TemplateReference";

    public object? Member(string name) =>
        rendering.Blocks.TryGetValue(name, out var block)
            ? new Function(new Signature(name, ""), _ => block.Text(rendering))
            : null;
}
