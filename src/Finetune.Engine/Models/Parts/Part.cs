using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A module whose parameters and parts are those registered by name, never fields found by reflection.</summary>
/// <param name="name">For messages.</param>
public abstract class Part(string name) : nn.Module(name)
{
    /// <summary>Nothing: a field's C# name must not become a second name of a checkpoint tensor.</summary>
    protected sealed override void RegisterComponents() { }

    /// <summary>
    /// Registers a part under a name, a path of names, or (an empty one) the part's own parts in its place.
    /// </summary>
    protected T Add<T>(string path, T part)
        where T : nn.Module
    {
        Folder.Register(this, path, part);
        return part;
    }
}
