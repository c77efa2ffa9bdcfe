using System.IO.MemoryMappedFiles;

namespace Finetune.Stages.Artifacts;

/// <summary>
/// Tokens with their loss mask in a memory-mapped safetensors file: <c>input_ids</c> int32, <c>offsets</c> int64
/// (examples + 1), <c>loss_mask</c> uint8, <c>example</c> int64 (0-based line in the examples file), <c>row</c> int64,
/// <c>template</c> int32 (an index into the metadata's <c>templates</c>). Safe to read from several threads.
/// </summary>
public sealed class TokenFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, long> _places;

    private TokenFile(MemoryMappedFile file, MemoryMappedViewAccessor view, TokenHeader header)
    {
        _file = file;
        _view = view;
        _places = header.Places;
        Templates = header.Templates;
        Count = header.Examples;
        TokenCount = header.Tokens;
    }

    /// <summary>How many examples there are.</summary>
    public int Count { get; }

    /// <summary>How many tokens all examples have.</summary>
    public long TokenCount { get; }

    /// <summary>Names of the templates, in order of first use.</summary>
    public IReadOnlyList<string> Templates { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or damaged.</exception>
    public static TokenFile Open(string path)
    {
        var size = new FileInfo(path).Length;
        if (size < 8)
        {
            throw new InvalidDataException($"{path}: {size} bytes are too few for a token file");
        }

        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, size, MemoryMappedFileAccess.Read);
        try
        {
            return new TokenFile(file, view, TokenHeader.Read(path, size, Header(path, size, view)));
        }
        catch
        {
            view.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Starts a file; it is there once the writer is completed.</summary>
    public static TokenFileWriter Create(string path) => new(path);

    /// <summary>The example at that place.</summary>
    /// <param name="index">From 0 to below <see cref="Count"/>.</param>
    /// <exception cref="InvalidDataException">The offsets are damaged.</exception>
    public TokenExample Example(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var start = Number("offsets", index);
        var end = Number("offsets", index + 1);
        var template = _view.ReadInt32(_places["template"] + (4L * index));
        if (start < 0 || end < start || end > TokenCount || template < 0 || template >= Templates.Count)
        {
            throw new InvalidDataException($"example {index} lies at {start}..{end} of {TokenCount} tokens");
        }

        var ids = new int[end - start];
        var mask = new bool[end - start];
        _view.ReadArray(_places["input_ids"] + (4 * start), ids, 0, ids.Length);
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = _view.ReadByte(_places["loss_mask"] + start + i) != 0;
        }

        return new TokenExample(ids, mask, Number("example", index), Number("row", index), Templates[template]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private long Number(string tensor, long index) => _view.ReadInt64(_places[tensor] + (8 * index));

    private static byte[] Header(string path, long size, MemoryMappedViewAccessor view)
    {
        var length = view.ReadInt64(0);
        if (length < 2 || length > size - 8 || length > int.MaxValue)
        {
            throw new InvalidDataException($"{path}: a header of {length} bytes in a file of {size}");
        }

        var header = new byte[length];
        view.ReadArray(8, header, 0, header.Length);
        return header;
    }
}
