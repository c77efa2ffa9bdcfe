using System.Text;

namespace Finetune.Cli.Batch;

/// <summary>Lines of a stream, one at a time; memory is bounded by the longest line.</summary>
internal static class InputLines
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Lines that hold more than white space, each with its number among those (from 1).</summary>
    public static IEnumerable<(long Number, string Text)> Read(Stream stream)
    {
        using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: true, 1 << 16);
        long number = 0;
        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (++number, line);
            }
        }
    }
}
