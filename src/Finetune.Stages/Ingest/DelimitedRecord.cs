using System.Text;

namespace Finetune.Stages.Ingest;

/// <summary>One record of a delimited file: its fields as bytes, in a buffer that is used again.</summary>
internal sealed class DelimitedRecord
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>The line on which it starts.</summary>
    public long Line { get; set; }

    /// <summary>How many fields it has.</summary>
    public int Count => _ends.Count;

    /// <summary>Whether any field was quoted.</summary>
    public bool Quoted { get; set; }

    /// <summary>Whether it is what a blank line gives.</summary>
    public bool IsBlank => Count == 1 && !Quoted && _bytes.AsSpan(0, _length).TrimStart(" \t"u8).IsEmpty;

    /// <summary>Bytes of the field that is being read.</summary>
    public int OpenLength => _length - (Count == 0 ? 0 : _ends[^1]);

    /// <summary>Makes room for the next record.</summary>
    public void Clear(long line)
    {
        Line = line;
        Quoted = false;
        _ends.Clear();
        _length = 0;
    }

    /// <summary>Adds a byte to the field that is being read.</summary>
    public void Append(byte value)
    {
        if (_length == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        _bytes[_length++] = value;
    }

    /// <summary>Ends the field that is being read.</summary>
    public void EndField() => _ends.Add(_length);

    /// <summary>Writes the field that is being read as it stood in the file, with the quotes that were taken
    /// off.</summary>
    public void RestoreQuotes()
    {
        var start = _length - OpenLength;
        var raw = Encoding.UTF8.GetBytes("\"\"");
        var inner = _bytes.AsSpan(start, OpenLength).ToArray();
        _length = start;
        Append(raw[0]);
        foreach (var value in inner)
        {
            Append(value);
            if (value == raw[0])
            {
                Append(value);
            }
        }

        Append(raw[1]);
    }

    /// <summary>The field's text; null where its bytes are no UTF-8.</summary>
    public string? Text(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        try
        {
            return s_strict.GetString(_bytes, start, _ends[index] - start);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
