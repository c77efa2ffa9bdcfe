using System.Text;
using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Documents with the log-probabilities of their tokens.</summary>
internal static class PerplexityCase
{
    /// <summary>Pooled over all documents.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var pooled = new PooledLikelihood(0, 0, 0, 0);
        foreach (var document in input["documents"].Items())
        {
            var text = document["text"].Text();
            var logProbs = document["logprobs"].Numbers();
            pooled = new(
                pooled.Nll - logProbs.Sum(),
                pooled.Tokens + logProbs.Length,
                pooled.Words + PythonText.Split(text).Count,
                pooled.Bytes + Encoding.UTF8.GetByteCount(text)
            );
        }

        return new()
        {
            ["nll"] = CaseOutput.Number(pooled.Nll),
            ["tokens"] = pooled.Tokens,
            ["bytes"] = pooled.Bytes,
            ["words"] = pooled.Words,
            ["perplexity"] = CaseOutput.Number(pooled.Perplexity),
            ["word_perplexity"] = CaseOutput.Number(pooled.WordPerplexity),
            ["byte_perplexity"] = CaseOutput.Number(pooled.BytePerplexity),
            ["bits_per_byte"] = CaseOutput.Number(pooled.BitsPerByte),
        };
    }
}
