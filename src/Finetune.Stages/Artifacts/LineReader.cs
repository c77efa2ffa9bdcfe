namespace Finetune.Stages.Artifacts;

/// <summary>
/// Splits a file of UTF-8 text into lines without turning it into text: memory is bounded by the longest line. Takes
/// <c>\n</c> and <c>\r\n</c>, skips a byte-order mark, counts blank lines but does not give them.
/// </summary>
public static class LineReader
{
    private const int BufferSize = 1 << 16;

    /// <summary>The lines that hold more than white space. A line's bytes are valid until the next one is asked
    /// for.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<Line> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = new byte[BufferSize];
        int start = 0,
            end = 0,
            searched = 0;
        long number = 0;
        var first = true;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            var length = at < 0 ? end - start : searched + at;
            if (at < 0)
            {
                searched = end - start;
                (start, end) = MakeRoom(ref buffer, start, end);
                var read = stream.Read(buffer, end, buffer.Length - end);
                end += read;
                if (read > 0)
                {
                    continue;
                }

                if (length == 0)
                {
                    yield break;
                }
            }

            number++;
            var line = Trimmed(buffer.AsMemory(start, length), first);
            first = false;
            if (!IsBlank(line.Span))
            {
                yield return new Line(number, line);
            }

            if (at < 0)
            {
                yield break;
            }

            start += length + 1;
            searched = 0;
        }
    }

    private static (int Start, int End) MakeRoom(ref byte[] buffer, int start, int end)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            return (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        return (0, end);
    }

    private static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> line, bool first)
    {
        if (first && line.Span.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return line.Span is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.TrimStart(" \t\r"u8).IsEmpty;
}

/// <summary>One line of a file.</summary>
/// <param name="Number">1-based, blank lines counted.</param>
/// <param name="Bytes">Its bytes without the line's end.</param>
public readonly record struct Line(long Number, ReadOnlyMemory<byte> Bytes);
