using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Engine.Tests.Models;

namespace Finetune.Engine.Tests.Checkpoints;

/// <summary>A small sound model whose files one test after the other spoils.</summary>
internal sealed class HostileFolder : IDisposable
{
    private readonly Scratch _scratch = TinyModel.Folder();
    private readonly Dictionary<string, byte[]> _sound;

    public HostileFolder()
    {
        using (var model = ModelFolder.Initialize(Path, 1))
        {
            ModelFolder.Save(model, Path);
        }

        _sound = Directory.GetFiles(Path).ToDictionary(file => file, File.ReadAllBytes);
        var bytes = _sound[Weights];
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        Data = bytes[(8 + length)..];
        Config = JsonNode.Parse(_sound[System.IO.Path.Combine(Path, "config.json")])!.AsObject();
    }

    public string Path => _scratch.Path;

    public string Weights => System.IO.Path.Combine(Path, "model.safetensors");

    public JsonObject Header { get; }

    public JsonObject Config { get; }

    public byte[] Data { get; }

    public string[] Tensors => [.. Header.Select(entry => entry.Key).Where(name => name != "__metadata__")];

    /// <summary>The bytes of a weights file.</summary>
    public static byte[] Made(string header, byte[] data, ulong? length = null)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)text.Length);
        text.CopyTo(file, 8);
        data.CopyTo(file, 8 + text.Length);
        return file;
    }

    /// <summary>Spoils it, loads it, mends it; null where the loading failed as it should, else what came.</summary>
    public string? Try(Action spoil)
    {
        try
        {
            spoil();
            using var model = ModelFolder.Load(Path);
            return "it loads";
        }
        catch (ModelFileException error)
        {
            return error.File.Length > 0 && error.Message.Length < 4000 ? null : $"a poor message: {error.Message}";
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
        finally
        {
            Mend();
        }
    }

    public void Dispose() => _scratch.Dispose();

    private void Mend()
    {
        foreach (var file in Directory.GetFileSystemEntries(Path))
        {
            if (File.GetAttributes(file).HasFlag(FileAttributes.Directory))
            {
                Directory.Delete(file, recursive: true);
            }
            else if (!_sound.ContainsKey(file))
            {
                File.Delete(file);
            }
        }

        foreach (var (file, bytes) in _sound)
        {
            File.Delete(file);
            File.WriteAllBytes(file, bytes);
        }
    }
}
