using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Finetune.Stages.Hub;

/// <summary>The hash by which the Hub names a file's bytes.</summary>
internal static class BlobHash
{
    private const int Buffer = 1 << 20;

    /// <summary>Computes it: SHA-256 of the bytes where 64 digits are wanted; where 40 are, git's blob id: SHA-1 of
    /// <c>blob SIZE</c>, a zero byte, and the bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">The hash it should have.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string> OfAsync(string path, string wanted, CancellationToken cancellationToken)
    {
        var isSha256 = wanted.Length == 64;
        using var hash = IncrementalHash.CreateHash(isSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!isSha256)
        {
            hash.AppendData(
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0"))
            );
        }

        var buffer = new byte[Buffer];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
