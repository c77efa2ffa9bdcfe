using Finetune.Engine.Models;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>
/// The arithmetic of decoders in float64, value by value, token by token: shares no code with the product. Weights are a
/// model's, by their names in checkpoints.
/// </summary>
internal sealed class Plain(CausalModel model)
{
    private readonly Dictionary<string, (double[] Values, int Width)> _weights = model
        .named_parameters()
        .ToDictionary(
            p => p.name,
            p =>
                (
                    p.parameter.detach().reshape(-1).to(ScalarType.Float64).data<double>().ToArray(),
                    (int)p.parameter.shape[^1]
                )
        );

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double GeluTanh(double x) =>
        0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    public static double Relu(double x) => Math.Max(x, 0);

    // Abramowitz and Stegun 7.1.5, the series of the error function: enough terms for |x| < 6.
    public static double GeluErf(double x)
    {
        var (z, sum) = (x / Math.Sqrt(2), 0.0);
        var power = z;
        for (var n = 0; n < 120; n++)
        {
            sum += power / (2 * n + 1);
            power *= -z * z / (n + 1);
        }

        return 0.5 * x * (1 + 2 / Math.Sqrt(Math.PI) * sum);
    }

    public static double[][] Add(double[][] a, double[][] b) =>
        [.. a.Select((row, t) => row.Select((value, i) => value + b[t][i]).ToArray())];

    public static double[][] Map(double[][] x, Func<double, double> change) =>
        [.. x.Select(row => row.Select(change).ToArray())];

    public static double[][] Times(double[][] a, double[][] b) =>
        [.. a.Select((row, t) => row.Select((value, i) => value * b[t][i]).ToArray())];

    /// <summary>Columns of each row.</summary>
    public static double[][] Columns(double[][] x, int start, int count) =>
        [.. x.Select(row => row[start..(start + count)])];

    public double[] Row(string name, int index)
    {
        var (values, width) = _weights[name];
        return values[(index * width)..((index + 1) * width)];
    }

    public double[][] Embed(string name, int[] ids, double scale = 1) =>
        [.. ids.Select(id => Row(name, id).Select(value => value * scale).ToArray())];

    public double[][] Linear(string name, double[][] x)
    {
        var (values, width) = _weights[name + ".weight"];
        var bias = _weights.TryGetValue(name + ".bias", out var b) ? b.Values : null;
        return
        [
            .. x.Select(row =>
                Enumerable
                    .Range(0, values.Length / width)
                    .Select(o => (bias?[o] ?? 0) + row.Select((value, i) => value * values[o * width + i]).Sum())
                    .ToArray()
            ),
        ];
    }

    /// <summary>A linear layer whose weight is stored as inputs by outputs.</summary>
    public double[][] Conv(string name, double[][] x)
    {
        var (values, width) = _weights[name + ".weight"];
        var bias = _weights[name + ".bias"].Values;
        return
        [
            .. x.Select(row =>
                Enumerable
                    .Range(0, width)
                    .Select(o => bias[o] + row.Select((value, i) => value * values[i * width + o]).Sum())
                    .ToArray()
            ),
        ];
    }

    /// <summary>Layer norm; without a name, without parameters.</summary>
    public double[][] LayerNorm(string? name, double[][] x, double epsilon = 1e-5) =>
        [
            .. x.Select(row =>
            {
                var mean = row.Average();
                var deviation = Math.Sqrt(row.Select(v => (v - mean) * (v - mean)).Average() + epsilon);
                return row.Select((v, i) => (v - mean) / deviation * Weight(name, i) + Bias(name, i)).ToArray();
            }),
        ];

    /// <summary>Root-mean-square norm, times the weight plus <paramref name="from"/>.</summary>
    public double[][] RmsNorm(string name, double[][] x, double epsilon, double from = 0) =>
        [
            .. x.Select(row =>
            {
                var root = Math.Sqrt(row.Select(v => v * v).Average() + epsilon);
                return row.Select((v, i) => v / root * (from + Weight(name, i))).ToArray();
            }),
        ];

    /// <summary>Turns the first values of one head at a position; the pairs are halves or neighbours.</summary>
    public static double[] Turn(double[] head, int position, int dimensions, double theta, bool neighbours = false) =>
        Turn(head, position, Frequencies(dimensions, theta), 1, neighbours);

    /// <summary>Turns by given frequencies, one a pair, and stretches.</summary>
    public static double[] Turn(
        double[] head,
        int position,
        double[] frequencies,
        double stretch,
        bool neighbours = false
    )
    {
        var turned = (double[])head.Clone();
        for (var pair = 0; pair < frequencies.Length; pair++)
        {
            var angle = position * frequencies[pair];
            var (cos, sin) = (stretch * Math.Cos(angle), stretch * Math.Sin(angle));
            var (a, b) = neighbours ? (2 * pair, 2 * pair + 1) : (pair, pair + frequencies.Length);
            turned[a] = head[a] * cos - head[b] * sin;
            turned[b] = head[b] * cos + head[a] * sin;
        }

        return turned;
    }

    /// <summary>Turns a position makes, pair by pair.</summary>
    public static double[] Frequencies(int dimensions, double theta) =>
        [.. Enumerable.Range(0, dimensions / 2).Select(pair => Math.Pow(theta, -2.0 * pair / dimensions))];

    /// <summary>Heads of each token: <c>[tokens][heads][size]</c>.</summary>
    public static double[][][] Heads(double[][] x, int size) => [.. x.Select(row => row.Chunk(size).ToArray())];

    /// <summary>Changes every head by its token's place and its own.</summary>
    public static double[][][] Each(double[][][] heads, Func<double[], int, int, double[]> change) =>
        [.. heads.Select((token, t) => token.Select((head, h) => change(head, t, h)).ToArray())];

    /// <summary>Causal attention; the score of a head, a query and a key is made by the caller from their product.</summary>
    public static double[][] Attend(
        double[][][] query,
        double[][][] key,
        double[][][] value,
        Func<double, int, int, int, double> score,
        int window = int.MaxValue
    )
    {
        var group = query[0].Length / key[0].Length;
        return
        [
            .. query.Select(
                (heads, q) =>
                    heads
                        .SelectMany(
                            (head, h) =>
                            {
                                var seen = Enumerable.Range(0, q + 1).Where(k => q - k < window).ToArray();
                                var scores = seen.Select(k =>
                                        score(head.Zip(key[k][h / group], (a, b) => a * b).Sum(), h, q, k)
                                    )
                                    .ToArray();
                                var shares = Softmax(scores);
                                return Enumerable
                                    .Range(0, head.Length)
                                    .Select(i => seen.Select((k, s) => shares[s] * value[k][h / group][i]).Sum());
                            }
                        )
                        .ToArray()
            ),
        ];
    }

    public static double[] Softmax(double[] x)
    {
        var powers = x.Select(value => Math.Exp(value - x.Max())).ToArray();
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private double Weight(string? name, int index) => name is null ? 1 : _weights[name + ".weight"].Values[index];

    private double Bias(string? name, int index) =>
        name is not null && _weights.TryGetValue(name + ".bias", out var bias) ? bias.Values[index] : 0;
}
