namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Candidate merges: the lowest rank first, the leftmost of equals.</summary>
internal interface IMergeQueue
{
    void Offer(int rank, int place);

    bool TryTake(out int rank, out int place);
}
