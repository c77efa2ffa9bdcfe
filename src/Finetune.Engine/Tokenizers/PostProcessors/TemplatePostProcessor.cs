namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>One entry of a template: a text (0 or 1), or special tokens.</summary>
internal sealed record TemplateEntry(int? Sequence, IReadOnlyList<(int Id, string Token)> Tokens, int Type);

/// <summary>Puts special tokens around one text or two.</summary>
internal sealed class TemplatePostProcessor(IReadOnlyList<TemplateEntry> single, IReadOnlyList<TemplateEntry> pair)
    : IPostProcessor
{
    public List<List<PlacedToken>> Apply(List<List<PlacedToken>> parts, bool addSpecialTokens)
    {
        var made = new List<List<PlacedToken>>();
        foreach (var entry in parts.Count == 1 ? single : pair)
        {
            if (entry.Sequence is { } sequence)
            {
                made.Add([.. parts[sequence].Select(token => token with { Type = entry.Type })]);
            }
            else if (addSpecialTokens)
            {
                made.Add([
                    .. entry.Tokens.Select(token => new PlacedToken(token.Id, token.Token, 0, 0, entry.Type, null)),
                ]);
            }
        }

        return made;
    }
}
