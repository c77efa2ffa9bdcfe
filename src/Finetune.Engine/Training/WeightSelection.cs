using Finetune.Engine.Models;

namespace Finetune.Engine.Training;

/// <summary>Which of the weights that could be trained are.</summary>
public static class WeightSelection
{
    /// <summary>Takes weights out of the training by name; see <see cref="NamePattern"/>.</summary>
    /// <param name="model">Its parameters that require a gradient are those that could be trained.</param>
    /// <param name="trainOnly">Only these are trained; null: all.</param>
    /// <param name="freeze">These are not trained; null: none.</param>
    /// <exception cref="WeightSelectionException">A pattern fits nothing, or nothing is left to train.</exception>
    public static void Apply(CausalModel model, IReadOnlyList<string>? trainOnly, IReadOnlyList<string>? freeze)
    {
        ArgumentNullException.ThrowIfNull(model);
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).ToArray();
        string[] names = [.. trained.Select(p => p.name)];
        NamePattern.CheckEach("train_only", trainOnly ?? [], names);
        NamePattern.CheckEach("freeze", freeze ?? [], names);
        var left = 0;
        foreach (var (name, parameter) in trained)
        {
            var kept = trainOnly is null || NamePattern.FitsAny(trainOnly, name);
            if (!kept || (freeze is not null && NamePattern.FitsAny(freeze, name)))
            {
                parameter.requires_grad = false;
            }
            else
            {
                left++;
            }
        }

        if (left == 0)
        {
            throw new WeightSelectionException(
                $"'train_only' and 'freeze' leave none of {names.Length} weights to train"
            );
        }
    }
}
