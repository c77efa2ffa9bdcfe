namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Takes up to so many of a character off the start and end of each stretch.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : IDecoder
{
    public List<string> Apply(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        var (from, to) = (0, token.Length);
        for (var i = 0; i < start && token.AsSpan(from).StartsWith(content, StringComparison.Ordinal); i++)
        {
            from += content.Length;
        }

        for (var i = 0; i < stop && to > from && token.AsSpan(0, to).EndsWith(content, StringComparison.Ordinal); i++)
        {
            to -= content.Length;
        }

        return token[from..to];
    }
}
