using System.Security.Cryptography;
using System.Text;

namespace Finetune.Graph.Caching;

/// <summary>A SHA-256 digest, shown as 64 lower-case hexadecimal digits.</summary>
public readonly record struct ContentHash
{
    private readonly string _hex;

    private ContentHash(string hex) => _hex = hex;

    /// <summary>The digits.</summary>
    public string Hex => _hex ?? throw new InvalidOperationException("an empty hash");

    /// <summary>Reads the digits.</summary>
    /// <exception cref="FormatException">It is no SHA-256 in lower-case hexadecimal.</exception>
    public static ContentHash Parse(string hex) =>
        hex.Length == 64 && hex.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
            ? new ContentHash(hex)
            : throw new FormatException($"'{hex}' is no SHA-256 in lower-case hexadecimal");

    /// <summary>The digest of bytes.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>The digest of text in UTF-8.</summary>
    public static ContentHash Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>The digest of a file's bytes.</summary>
    public static ContentHash OfFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 18);
        return new ContentHash(Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <inheritdoc/>
    public override string ToString() => Hex;
}
