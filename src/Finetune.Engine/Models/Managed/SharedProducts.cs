namespace Finetune.Engine.Models.Managed;

/// <summary>Products of the same rows with up to three layers, as one piece of work.</summary>
/// <param name="team">Who does it.</param>
internal sealed unsafe class SharedProducts(WorkTeam team) : IChunkedWork
{
    // Multiplications worth a second thread: some ten microseconds.
    private const long WorthSharing = 1 << 17;

    // Chunks a thread, so that one that is late leaves little to the others.
    private const int ChunksAThread = 4;

    // Outputs computed together, of one row (4) and of four (3).
    private const int Grain = 12;

    private readonly (ManagedLinear Linear, nint Y)[] _parts = new (ManagedLinear, nint)[3];
    private int _count;
    private float* _x;
    private int _rows;
    private int _chunk;

    /// <summary>Makes them: <c>y = x W^T + b</c>, and what an adapter adds.</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="parts">Layers of the same width of input, and where their outputs go.</param>
    public void Run(float* x, int rows, params ReadOnlySpan<(ManagedLinear Linear, nint Y)> parts)
    {
        _x = x;
        (_rows, _count) = (rows, parts.Length);
        parts.CopyTo(_parts);
        var outputs = 0;
        foreach (var (linear, _) in parts)
        {
            outputs += linear.Outputs;
        }

        var shared = team.Threads > 1 && (long)rows * outputs * parts[0].Linear.Inputs >= WorthSharing;
        var chunks = shared ? Math.Min(team.Threads * ChunksAThread, outputs / Grain) : 1;
        _chunk = (outputs + chunks - 1) / chunks;
        _chunk += (Grain - _chunk % Grain) % Grain;
        team.Run(this, (outputs + _chunk - 1) / _chunk);
        foreach (var (linear, y) in parts)
        {
            Adapt(x, rows, linear, (float*)y);
        }
    }

    /// <inheritdoc/>
    void IChunkedWork.Run(int chunk)
    {
        var (from, to) = (chunk * _chunk, (chunk + 1) * _chunk);
        for (var p = 0; p < _count; p++)
        {
            var (linear, y) = _parts[p];
            var (first, last) = (Math.Max(0, from), Math.Min(linear.Outputs, to));
            if (first < last)
            {
                RowProducts.Run(_x, _rows, linear, (float*)y, first, last);
            }

            (from, to) = (from - linear.Outputs, to - linear.Outputs);
        }
    }

    private static void Adapt(float* x, int rows, ManagedLinear linear, float* y)
    {
        if (linear.Down is not { } down || linear.Up is not { } up)
        {
            return;
        }

        var low = stackalloc float[down.Outputs];
        for (var row = 0; row < rows; row++, x += linear.Inputs, y += linear.Outputs)
        {
            RowProducts.Run(x, 1, down, low, 0, down.Outputs);
            for (var output = 0; output < up.Outputs; output++)
            {
                y[output] += linear.Scale * RowProducts.Dot(low, up.Weight + (long)output * up.Inputs, up.Inputs);
            }
        }
    }
}
