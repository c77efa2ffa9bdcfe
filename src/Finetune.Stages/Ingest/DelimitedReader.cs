namespace Finetune.Stages.Ingest;

/// <summary>
/// Reads csv and tsv (RFC 4180: quoted fields may hold delimiters, line ends and doubled quotes) and knows the line of
/// everything, which is why it is not a package. Works on bytes, so bad UTF-8 has a place too. A quote within an
/// unquoted field is a quote. In tsv, where many writers do not quote at all, a field such as <c>"so" it began</c> is
/// taken as it stands.
/// </summary>
internal sealed class DelimitedReader(Stream stream, byte delimiter)
{
    private const int EndOfFile = -1;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _place;
    private int _filled;
    private long _line = 1;
    private bool _started;

    /// <summary>The record just read.</summary>
    public DelimitedRecord Record { get; } = new();

    /// <summary>The next record, blank lines skipped; false at the end.</summary>
    /// <exception cref="QuoteException">A quote is not closed, or text follows a closing quote.</exception>
    public bool Read()
    {
        SkipMark();
        while (Peek() != EndOfFile)
        {
            Record.Clear(_line);
            ReadRecord();
            if (!Record.IsBlank)
            {
                return true;
            }
        }

        return false;
    }

    private void ReadRecord()
    {
        while (true)
        {
            if (Peek() == '"')
            {
                ReadQuoted();
            }

            while (true)
            {
                var value = Peek();
                if (value == EndOfFile || EndsLine(value))
                {
                    Record.EndField();
                    return;
                }

                _place++;
                if (value == delimiter)
                {
                    Record.EndField();
                    break;
                }

                Record.Append((byte)value);
            }
        }
    }

    private void ReadQuoted()
    {
        var opened = _line;
        _place++;
        while (true)
        {
            var value = Peek();
            if (value == EndOfFile)
            {
                throw new QuoteException(opened, "the quote that opens a field here is never closed");
            }

            _place++;
            if (value == '"')
            {
                if (Peek() != '"')
                {
                    break;
                }

                _place++;
            }

            _line += value == '\n' ? 1 : 0;
            Record.Append((byte)value);
        }

        var next = Peek();
        if (next == EndOfFile || next == delimiter || next is '\r' or '\n')
        {
            Record.Quoted = true;
        }
        else if (delimiter == '\t' && opened == _line)
        {
            Record.RestoreQuotes();
        }
        else
        {
            var where = opened == _line ? "" : $", closed on line {_line},";
            throw new QuoteException(opened, $"text follows the closing quote of a field that is opened here{where}");
        }
    }

    // Takes \n, \r\n and a lone \r, which old spreadsheets write.
    private bool EndsLine(int value)
    {
        if (value is not ('\r' or '\n'))
        {
            return false;
        }

        _place++;
        if (value == '\r' && Peek() == '\n')
        {
            _place++;
        }

        _line++;
        return true;
    }

    private int Peek()
    {
        if (_place < _filled)
        {
            return _buffer[_place];
        }

        _filled = stream.Read(_buffer);
        _place = 0;
        return _filled == 0 ? EndOfFile : _buffer[0];
    }

    private void SkipMark()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        _filled = stream.ReadAtLeast(_buffer, 3, throwOnEndOfStream: false);
        _place = _buffer.AsSpan(0, _filled).StartsWith("\uFEFF"u8) ? 3 : 0;
    }
}
