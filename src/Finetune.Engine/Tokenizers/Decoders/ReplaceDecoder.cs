using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Replaces every match of a pattern in each stretch.</summary>
internal sealed class ReplaceDecoder(IPattern pattern, string content) : IDecoder
{
    public List<string> Apply(List<string> tokens) => tokens.ConvertAll(Replace);

    private string Replace(string token)
    {
        var stretches = pattern.Find(token);
        if (!stretches.Exists(stretch => stretch.Matched))
        {
            return token;
        }

        var text = new StringBuilder(token.Length);
        foreach (var stretch in stretches)
        {
            text.Append(stretch.Matched ? content : token.AsSpan(stretch.Start, stretch.End - stretch.Start));
        }

        return text.ToString();
    }
}
