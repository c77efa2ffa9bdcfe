using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Finetune.Stages.Artifacts;

/// <summary>Writes objects, one a line.</summary>
public sealed class JsonLinesWriter<T> : IDisposable
{
    private readonly JsonTypeInfo<T> _type;
    private readonly FileStream _stream;
    private readonly Utf8JsonWriter _writer;

    internal JsonLinesWriter(string path, JsonTypeInfo<T> type)
    {
        _type = type;
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        _writer = new Utf8JsonWriter(
            _stream,
            new JsonWriterOptions { Encoder = StageJson.Options.Encoder, SkipValidation = true }
        );
    }

    /// <summary>How many were written.</summary>
    public long Count { get; private set; }

    /// <summary>Writes one line.</summary>
    public void Write(T value)
    {
        JsonSerializer.Serialize(_writer, value, _type);
        _writer.Flush();
        _writer.Reset();
        _stream.WriteByte((byte)'\n');
        Count++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
    }
}
