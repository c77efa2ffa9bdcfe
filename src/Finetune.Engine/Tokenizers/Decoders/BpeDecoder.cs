namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Turns a word's end mark into a space, and into nothing on the last token.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public List<string> Apply(List<string> tokens) =>
        [
            .. tokens.Select(
                (token, index) =>
                    suffix.Length == 0
                        ? token
                        : token.Replace(suffix, index == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal)
            ),
        ];
}
