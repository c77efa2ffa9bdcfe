namespace Finetune.Engine.Metrics;

/// <summary>
/// The negative log-likelihood of documents and what it was spent on; rates as lm-evaluation-harness defines them
/// (lm_eval/api/metrics.py: weighted_perplexity, bits_per_byte). A rate without its unit is NaN.
/// </summary>
/// <param name="Nll">In nats.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Words">What white space parts.</param>
/// <param name="Bytes">Of UTF-8.</param>
public sealed record PooledLikelihood(double Nll, long Tokens, long Words, long Bytes)
{
    /// <summary>exp of nats a token.</summary>
    public double Perplexity => Math.Exp(Nll / Tokens);

    /// <summary>exp of nats a word.</summary>
    public double WordPerplexity => Math.Exp(Nll / Words);

    /// <summary>exp of nats a byte.</summary>
    public double BytePerplexity => Math.Exp(Nll / Bytes);

    /// <summary>Bits a byte.</summary>
    public double BitsPerByte => Nll / (Bytes * Math.Log(2));
}
