using System.Globalization;
using Finetune.Engine.Models;

namespace Finetune.Engine.Adapters;

/// <summary>Which decoder layers an adapter sits on; layers are numbered from 0.</summary>
/// <param name="Last">So many of the last ones; null where numbers say it.</param>
/// <param name="Numbers">Their numbers; null where a count says it.</param>
public sealed record AdaptedLayers(int? Last, IReadOnlyList<int>? Numbers)
{
    /// <summary>The numbers, rising.</summary>
    /// <param name="layers">How many layers the model has.</param>
    /// <exception cref="ArgumentException">More than there are, or a number that no layer has.</exception>
    public IReadOnlyList<int> Of(int layers)
    {
        if (Last is { } last)
        {
            return last >= 1 && last <= layers
                ? [.. Enumerable.Range(layers - last, last)]
                : throw new ArgumentException($"the last {last} layers are meant, and the model has {layers}");
        }

        IReadOnlyList<int> numbers = [.. (Numbers ?? []).Distinct().Order()];
        return numbers.Count > 0 && numbers[0] >= 0 && numbers[^1] < layers
            ? numbers
            : throw new ArgumentException(
                $"layers [{string.Join(", ", numbers)}] are meant, and the model has 0 to {layers - 1}"
            );
    }

    /// <summary>The layers of a model that has one stack of them.</summary>
    /// <exception cref="ArgumentException">It has not, or has no such layers.</exception>
    public IReadOnlyList<int> Of(CausalModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.LayersName is null
            ? throw new ArgumentException("layers are meant by number, and the model is not one stack of them")
            : Of(model.Shape.Layers);
    }

    /// <summary>The number of the layer that a module is part of; null where it is part of none.</summary>
    public static int? NumberOf(CausalModel model, string module)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(module);
        if (model.LayersName is not { } list || !module.StartsWith(list + ".", StringComparison.Ordinal))
        {
            return null;
        }

        var rest = module.AsSpan(list.Length + 1);
        var end = rest.IndexOf('.');
        return int.TryParse(
            end < 0 ? rest : rest[..end],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
    }
}
