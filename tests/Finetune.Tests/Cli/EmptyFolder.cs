namespace Finetune.Tests.Cli;

/// <summary>A folder that goes when the test does.</summary>
internal sealed class EmptyFolder : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("finetune-cli-").FullName;

    /// <summary>Writes a file in it.</summary>
    public void Write(string name, string text) => File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
