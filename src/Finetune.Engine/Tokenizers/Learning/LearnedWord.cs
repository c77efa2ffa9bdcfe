namespace Finetune.Engine.Tokenizers.Learning;

/// <summary>One distinct word of the text, in symbols that merges join; how often it occurs.</summary>
internal sealed class LearnedWord(List<int> symbols, long count)
{
    public IReadOnlyList<int> Symbols => symbols;

    public long Count => count;

    /// <summary>Joins every occurrence of a pair, left to right; tells how the counts of its neighbours change.</summary>
    public void Merge((int Left, int Right) pair, int merged, Action<(int Left, int Right), int> changed)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != pair.Left || symbols[i + 1] != pair.Right)
            {
                continue;
            }

            if (i > 0)
            {
                changed((symbols[i - 1], pair.Left), -1);
                changed((symbols[i - 1], merged), 1);
            }

            symbols[i] = merged;
            symbols.RemoveAt(i + 1);
            if (i + 1 < symbols.Count)
            {
                changed((pair.Right, symbols[i + 1]), -1);
                changed((merged, symbols[i + 1]), 1);
            }
        }
    }
}
