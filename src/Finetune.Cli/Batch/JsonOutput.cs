using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Finetune.Cli.Batch;

/// <summary>Writes objects to standard output, one a line, each at once.</summary>
internal sealed class JsonOutput(TextWriter writer) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json = new(
        new ArrayBufferWriter<byte>(),
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>One line; <paramref name="properties"/> writes what stands between the braces.</summary>
    public void Write(Action<Utf8JsonWriter> properties)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        properties(_json);
        _json.WriteEndObject();
        _json.Flush();
        writer.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
