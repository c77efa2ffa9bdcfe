using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A step of a checkpoint's names that computes nothing.</summary>
internal sealed class Folder() : Part(nameof(Folder))
{
    /// <summary>Registers a part under a path, through folders; an empty path takes the part's own parts.</summary>
    public static void Register(nn.Module owner, string path, nn.Module part)
    {
        if (path.Length == 0)
        {
            foreach (var (name, child) in part.named_children())
            {
                owner.register_module(name, child);
            }

            return;
        }

        var steps = path.Split('.');
        for (var i = 0; i < steps.Length - 1; i++)
        {
            var folder = new Folder();
            owner.register_module(steps[i], folder);
            owner = folder;
        }

        owner.register_module(steps[^1], part);
    }
}
