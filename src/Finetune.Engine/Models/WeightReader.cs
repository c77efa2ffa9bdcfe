using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Quantization;

namespace Finetune.Engine.Models;

/// <summary>Fills a model from weight files: every parameter from a tensor of its name and shape, no tensor left over.</summary>
internal static class WeightReader
{
    /// <summary>Copies all values.</summary>
    /// <exception cref="ModelFileException">A tensor that is missing, unknown, or of another shape or kind.</exception>
    public static void Fill(CausalModel model, WeightFiles weights, WeightFormat format)
    {
        var frozen = model
            .named_modules()
            .Where(m => m.module is Linear { IsFrozen: true })
            .ToDictionary(m => $"{m.name}.weight", m => (Linear)m.module, StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var stored = Stored(model, weights, name);
            wanted.Add(stored);
            if (weights.Find(stored) is not { } found)
            {
                throw new ModelFileException(
                    weights.Folder,
                    name,
                    "no such tensor in the weights",
                    Shape(parameter.shape)
                );
            }

            if (!found.Tensor.Shape.SequenceEqual(parameter.shape))
            {
                throw new ModelFileException(found.File.Path, name, Shape(found.Tensor.Shape), Shape(parameter.shape));
            }

            if (found.Tensor.Type is not (StoredType.F32 or StoredType.F16 or StoredType.BF16 or StoredType.F64))
            {
                throw new ModelFileException(
                    found.File.Path,
                    name,
                    found.Tensor.Type.HeaderName(),
                    "floating-point weights"
                );
            }

            if (frozen.TryGetValue(name, out var layer))
            {
                layer.Freeze(FrozenReader.Read(found.File, found.Tensor, layer, format));
                continue;
            }

            TensorBytes.CopyTo(found.File, found.Tensor, parameter);
        }

        foreach (var name in weights.Names)
        {
            // A tied head that equals the embedding is the same parameter, stored twice.
            if (!wanted.Contains(name) && !TensorNames.IsBuffer(name) && !TensorNames.IsHead(name))
            {
                throw new ModelFileException(
                    weights.Find(name)!.Value.File.Path,
                    name,
                    "a tensor that this configuration has no place for",
                    $"only tensors of {model.GetName()} as {ModelConfig.FileName} describes it"
                );
            }
        }
    }

    // Files of a body alone, as GPT-2 was published, leave its name out.
    private static string Stored(CausalModel model, WeightFiles weights, string name)
    {
        var bare = name.StartsWith(model.BodyName + ".", StringComparison.Ordinal)
            ? name[(model.BodyName.Length + 1)..]
            : name;
        return weights.Find(name) is null && weights.Find(bare) is not null ? bare : name;
    }

    private static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
