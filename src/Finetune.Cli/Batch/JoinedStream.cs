namespace Finetune.Cli.Batch;

/// <summary>Streams read one after the other, a line's end between them.</summary>
internal sealed class JoinedStream(IEnumerable<Stream> parts) : Stream
{
    private readonly IEnumerator<Stream> _parts = parts.GetEnumerator();
    private Stream? _current;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_current is not null || _parts.MoveNext())
        {
            _current ??= _parts.Current;
            var read = _current.Read(buffer, offset, count);
            if (read > 0 || count == 0)
            {
                return read;
            }

            _current.Dispose();
            _current = null;

            // A file need not end with a line's end; the next one starts a line all the same.
            buffer[offset] = (byte)'\n';
            return 1;
        }

        return 0;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        _parts.Dispose();
        base.Dispose(disposing);
    }
}
