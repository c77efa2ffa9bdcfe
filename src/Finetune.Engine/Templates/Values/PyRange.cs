using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's range, of at most 100,000 numbers, as Jinja's sandbox has it.</summary>
internal sealed class PyRange
{
    private const int Longest = 100_000;

    public PyRange(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero)
        {
            throw JinjaException.Value("range() arg 3 must not be zero");
        }

        var span = step.Sign > 0 ? stop - start : start - stop;
        var size = BigInteger.Abs(step);
        var count = span.Sign <= 0 ? BigInteger.Zero : (span + size - 1) / size;
        if (count > Longest)
        {
            throw new JinjaException(
                "OverflowError",
                $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({Longest})."
            );
        }

        (Start, Stop, Increment, Count) = (start, stop, step, (int)count);
    }

    public BigInteger Start { get; }

    public BigInteger Stop { get; }

    public BigInteger Increment { get; }

    public int Count { get; }

    public object this[int at] => Start + (Increment * at);

    public IEnumerable<object> Items => Enumerable.Range(0, Count).Select(at => this[at]);

    public PyRange Slice(int first, int last, int step) =>
        new(Start + (Increment * first), Start + (Increment * last), Increment * step);
}
