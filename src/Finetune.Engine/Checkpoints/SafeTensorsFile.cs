using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Finetune.Engine.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped: opening reads the header only, and bytes are paged in as they are touched. Uses no
/// tensor library, so that plain readers (token files, parameter counts) stay light.
/// </summary>
public sealed unsafe class SafeTensorsFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;
    private readonly long _dataStart;
    private readonly Dictionary<string, StoredTensor> _byName;

    private SafeTensorsFile(string path, long length)
    {
        Path = path;
        _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        _map = MemoryMappedFile.CreateFromFile(
            _stream,
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            false
        );
        _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        try
        {
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            start += _view.PointerOffset;
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, 8));
            if (headerLength > (ulong)Math.Min(SafeTensorsHeader.MaxLength, length - 8))
            {
                throw new ModelFileException(
                    path,
                    null,
                    $"a header of {headerLength} bytes in a file of {length}",
                    $"a header within the file and at most {SafeTensorsHeader.MaxLength} bytes"
                );
            }

            var json = new ReadOnlySpan<byte>(start + 8, (int)headerLength).ToArray();
            _dataStart = 8 + (long)headerLength;
            _data = start + _dataStart;
            (Tensors, Metadata) = SafeTensorsHeader.Parse(path, json, length - 8 - (long)headerLength);
            _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>All tensors, in the order of their bytes.</summary>
    public IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The free texts under <c>__metadata__</c>; empty without.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">Missing, cut short, or any header field that does not hold.</exception>
    public static SafeTensorsFile Open(string path)
    {
        try
        {
            // The length of a link is that of its text: the Hub's cache is made of links.
            var info = new FileInfo(path);
            info = info.LinkTarget is null ? info : info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
            return !info.Exists ? throw new ModelFileException(path, null, "no such file", "a safetensors file")
                : info.Length >= 8 ? new SafeTensorsFile(path, info.Length)
                : throw new ModelFileException(path, null, $"{info.Length} bytes", "a safetensors file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(path, null, e.Message, "a file that can be read");
        }
    }

    /// <summary>The tensor of a name, or null.</summary>
    public StoredTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>A stretch of a tensor's bytes, little-endian and row-major, valid until the file is disposed.</summary>
    /// <param name="tensor">An entry of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's start.</param>
    /// <param name="count">How many bytes.</param>
    public ReadOnlySpan<byte> Bytes(StoredTensor tensor, long offset, int count)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, tensor.Bytes);
        return new ReadOnlySpan<byte>(_data + tensor.Start + offset, count);
    }

    /// <summary>Copies a stretch of a tensor's bytes out of the file: what is read once need not stay mapped.</summary>
    /// <param name="tensor">An entry of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's start.</param>
    /// <param name="target">As many bytes as wanted.</param>
    /// <exception cref="ModelFileException">The file has been cut since it was opened.</exception>
    public void Read(StoredTensor tensor, long offset, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + target.Length, tensor.Bytes);
        var at = _dataStart + tensor.Start + offset;
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(_stream.SafeFileHandle, target, at);
            if (read == 0)
            {
                throw new ModelFileException(Path, tensor.Name, "the end of the file", "its bytes");
            }

            target = target[read..];
            at += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        _view.Dispose();
        _map.Dispose();
    }
}
