using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Stages.Artifacts;

/// <summary>What the header of a token file says, checked against the file.</summary>
/// <param name="Examples">Number of examples.</param>
/// <param name="Tokens">Number of tokens.</param>
/// <param name="Templates">Template names.</param>
/// <param name="Places">Tensor name to its place in the file, in bytes.</param>
internal sealed record TokenHeader(
    int Examples,
    long Tokens,
    IReadOnlyList<string> Templates,
    Dictionary<string, long> Places
)
{
    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="InvalidDataException">It is not what <see cref="TokenLayout"/> says.</exception>
    public static TokenHeader Read(string path, long fileSize, byte[] json)
    {
        try
        {
            var header = JsonNode.Parse(json)!.AsObject();
            var metadata = header["__metadata__"]!.AsObject();
            var examples = (long)header["row"]!["shape"]![0]!;
            var tokens = (long)header["input_ids"]!["shape"]![0]!;
            var places = new Dictionary<string, long>(StringComparer.Ordinal);
            long end = 8 + json.Length;
            foreach (var tensor in TokenLayout.Tensors)
            {
                places.Add(tensor.Name, end);
                var length = tensor.PerToken ? tokens : checked(examples + tensor.Extra);
                var start = 8 + json.Length + (long)header[tensor.Name]!["data_offsets"]![0]!;
                Check(start == end && length >= 0, path, tensor.Name);
                Check((long)header[tensor.Name]!["shape"]![0]! == length, path, tensor.Name);
                Check((string?)header[tensor.Name]!["dtype"] == tensor.Type, path, tensor.Name);
                end = checked(end + (length * tensor.Size));
            }

            Check(end == fileSize && (string?)metadata["format"] == TokenLayout.Format, path, "__metadata__");
            var templates = JsonSerializer.Deserialize<List<string>>((string)metadata["templates"]!);
            return new TokenHeader(checked((int)examples), tokens, templates!, places);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or NullReferenceException
                        or ArgumentException
                        or FormatException
                        or OverflowException
            )
        {
            throw new InvalidDataException($"{path}: the header is damaged: {e.Message}", e);
        }
    }

    private static void Check(bool holds, string path, string tensor)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{path}: '{tensor}' is not as a token file has it");
        }
    }
}
