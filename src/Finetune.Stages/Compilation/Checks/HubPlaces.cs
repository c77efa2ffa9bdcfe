using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>References to the Hub: whether they can be meant, and whether what they name is here.</summary>
internal static class HubPlaces
{
    /// <summary>The reference; null after a fault.</summary>
    public static HubReference? Reference(CheckContext context, string path, string written, bool isDataset)
    {
        var reference = HubReference.Parse(written);
        var form = isDataset ? "hub-dataset:org/name@revision" : "hub:org/name@revision";
        if (reference is null)
        {
            context.AtValue(Codes.HubReference, path, $"'{written}' names no repository of the Hub", $"write {form}");
        }
        else if (reference.IsDataset != isDataset)
        {
            context.AtValue(
                Codes.HubReference,
                path,
                reference.IsDataset
                    ? $"'{written}' is a dataset, a model is wanted"
                    : $"'{written}' is a model, a dataset is wanted",
                $"write {form}"
            );
            return null;
        }

        return reference;
    }

    /// <summary>Why something is not here.</summary>
    public static string Reason(HubReference reference) =>
        $"{reference.Name} is not downloaded yet: 'run' and 'fetch' do it";
}
