using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Turns ▁ into spaces; those of the first token are gone where one was put in front.</summary>
internal sealed class MetaspaceDecoder(string mark, PrependScheme scheme) : IDecoder
{
    public List<string> Apply(List<string> tokens) =>
        [
            .. tokens.Select(
                (token, index) =>
                    token.Replace(
                        mark,
                        index == 0 && scheme != PrependScheme.Never ? "" : " ",
                        StringComparison.Ordinal
                    )
            ),
        ];
}
