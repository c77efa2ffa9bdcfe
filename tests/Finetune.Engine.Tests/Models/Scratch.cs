namespace Finetune.Engine.Tests.Models;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    private Scratch(string path)
    {
        Path = path;
    }

    public string Path { get; }

    public static Scratch New() => new(Directory.CreateTempSubdirectory("finetune-").FullName);

    /// <summary>With copies of a folder's files, writable.</summary>
    public static Scratch Copy(string folder)
    {
        var scratch = New();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            File.WriteAllBytes(
                System.IO.Path.Combine(scratch.Path, System.IO.Path.GetFileName(file)),
                File.ReadAllBytes(file)
            );
        }

        return scratch;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
