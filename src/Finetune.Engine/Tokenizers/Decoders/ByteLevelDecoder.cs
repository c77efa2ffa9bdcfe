namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Joins the bytes of all tokens, then reads them as UTF-8; what is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public List<string> Apply(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var from = bytes.Count;
            foreach (var unit in token)
            {
                var value = ByteAlphabet.ByteOf(unit);
                if (value < 0)
                {
                    // A token outside the byte alphabet is text as it is.
                    bytes.RemoveRange(from, bytes.Count - from);
                    bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(token));
                    break;
                }

                bytes.Add((byte)value);
            }
        }

        return [System.Text.Encoding.UTF8.GetString([.. bytes])];
    }
}
