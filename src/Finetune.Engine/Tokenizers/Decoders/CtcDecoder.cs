namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Speech models' decoding: equal neighbours are one, padding is nothing, the delimiter is a space.</summary>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanUp) : IDecoder
{
    public List<string> Apply(List<string> tokens)
    {
        var texts = new List<string>(tokens.Count);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
            {
                continue;
            }

            var text = padding.Length > 0 ? tokens[i].Replace(padding, "", StringComparison.Ordinal) : tokens[i];
            if (cleanUp)
            {
                text = WordPieceDecoder.Clean(text).Replace(delimiter, " ", StringComparison.Ordinal);
            }

            if (text.Length > 0)
            {
                texts.Add(text);
            }
        }

        return texts;
    }
}
