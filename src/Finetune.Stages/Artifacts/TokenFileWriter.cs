using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Stages.Artifacts;

/// <summary>
/// Writes tokens as safetensors, streaming: ids and mask are spooled beside the file until their number is known, and
/// what is kept in memory is some bytes an example. Nothing is left of a writer that was not completed.
/// </summary>
public sealed class TokenFileWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _ids;
    private readonly FileStream _masks;
    private readonly List<long> _offsets = [0];
    private readonly List<long> _exampleLines = [];
    private readonly List<long> _rows = [];
    private readonly List<int> _templates = [];
    private readonly List<string> _templateNames = [];

    internal TokenFileWriter(string path)
    {
        _path = path;
        _ids = Spool($"{path}.ids");
        _masks = Spool($"{path}.masks");
    }

    /// <summary>Adds an example.</summary>
    public void Write(TokenExample example)
    {
        _ids.Write(MemoryMarshal.AsBytes(example.InputIds.AsSpan()));
        _masks.Write(MemoryMarshal.AsBytes(example.LossMask.AsSpan()));
        _offsets.Add(_offsets[^1] + example.InputIds.Length);
        _exampleLines.Add(example.ExampleLine);
        _rows.Add(example.Row);
        var template = _templateNames.IndexOf(example.Template);
        if (template < 0)
        {
            template = _templateNames.Count;
            _templateNames.Add(example.Template);
        }

        _templates.Add(template);
    }

    /// <summary>Puts the file together. Without this call there is no file.</summary>
    public void Complete()
    {
        using var target = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        WriteHeader(target);
        target.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_offsets)));
        target.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_exampleLines)));
        target.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_rows)));
        Append(_ids, target);
        target.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_templates)));
        Append(_masks, target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _masks.Dispose();
    }

    // Eight-byte tensors first, so that every tensor is aligned when the file is mapped.
    private void WriteHeader(FileStream target)
    {
        var tokens = _offsets[^1];
        var header = new JsonObject
        {
            ["__metadata__"] = new JsonObject
            {
                ["format"] = TokenLayout.Format,
                ["templates"] = JsonSerializer.Serialize(_templateNames, StageJson.Options),
            },
        };
        long place = 0;
        foreach (var tensor in TokenLayout.Tensors)
        {
            var length = tensor.PerToken ? tokens : _rows.Count + tensor.Extra;
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray(length),
                ["data_offsets"] = new JsonArray(place, place + (length * tensor.Size)),
            };
            place += length * tensor.Size;
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString(StageJson.Options));
        var padded = (text.Length + 7) / 8 * 8;
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(size, padded);
        target.Write(size);
        target.Write(text);
        target.Write(Enumerable.Repeat((byte)' ', padded - text.Length).ToArray());
    }

    private static void Append(FileStream spool, FileStream target)
    {
        spool.Position = 0;
        spool.CopyTo(target);
    }

    private static FileStream Spool(string path) =>
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
}
