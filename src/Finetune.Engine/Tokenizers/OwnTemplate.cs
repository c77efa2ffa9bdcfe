using Finetune.Engine.Tokenizers.PostProcessors;

namespace Finetune.Engine.Tokenizers;

/// <summary>The template that some tokenizer classes make of add_bos_token and add_eos_token in the file's place.</summary>
internal static class OwnTemplate
{
    /// <summary>Null where the class leaves the file's template.</summary>
    public static IPostProcessor? For(TokenizerSettings settings, int? bosId, int? eosId)
    {
        if (settings is { AddBos: null, AddEos: null })
        {
            return null;
        }

        var bos = settings.AddBos ?? true ? bosId : null;
        var eos = settings.AddEos ?? false ? eosId : null;
        List<TemplateEntry> single = [.. Around(0)];
        return new TemplatePostProcessor(single, [.. single, .. Around(1)]);

        IEnumerable<TemplateEntry> Around(int sequence)
        {
            if (bos is { } front)
            {
                yield return new TemplateEntry(null, [(front, settings.Bos!)], sequence);
            }

            yield return new TemplateEntry(sequence, [], sequence);
            if (eos is { } end)
            {
                yield return new TemplateEntry(null, [(end, settings.Eos!)], sequence);
            }
        }
    }
}
