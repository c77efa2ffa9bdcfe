using System.Text.Json;

namespace Finetune.Engine.Checkpoints;

/// <summary>The weights of a model folder: one safetensors file, or several with an index.</summary>
public sealed class WeightFiles : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";
    private const int LongestName = 255;
    private readonly Dictionary<string, (SafeTensorsFile File, StoredTensor Tensor)> _tensors = new(
        StringComparer.Ordinal
    );
    private readonly List<SafeTensorsFile> _files = [];

    private WeightFiles(string folder)
    {
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Every tensor's name, ordinal order.</summary>
    public IEnumerable<string> Names => _tensors.Keys.Order(StringComparer.Ordinal);

    /// <summary>Paths of the weight files of a folder, index first; empty when it has none.</summary>
    /// <exception cref="ModelFileException">An index that cannot be read.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        var single = Path.Combine(folder, SingleName);
        var index = Path.Combine(folder, IndexName);
        return File.Exists(single) ? [single]
            : File.Exists(index)
                ?
                [
                    index,
                    .. Index(index)
                        .Values.Distinct()
                        .Order(StringComparer.Ordinal)
                        .Select(n => Path.Combine(folder, n)),
                ]
            : [];
    }

    /// <summary>Opens all weight files of a folder.</summary>
    /// <exception cref="ModelFileException">No weights, pickled weights only, or a file at fault.</exception>
    public static WeightFiles Open(string folder)
    {
        var weights = new WeightFiles(folder);
        try
        {
            weights.OpenAll();
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The file and entry of a name, or null.</summary>
    public (SafeTensorsFile File, StoredTensor Tensor)? Find(string name) =>
        _tensors.TryGetValue(name, out var found) ? found : null;

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void OpenAll()
    {
        var paths = In(Folder);
        if (paths.Count == 0)
        {
            throw NoWeights(Folder);
        }

        Dictionary<string, string>? index = null;
        if (paths[0].EndsWith(IndexName, StringComparison.Ordinal))
        {
            index = Index(paths[0]);
        }

        foreach (var path in index is null ? paths : paths.Skip(1))
        {
            var file = SafeTensorsFile.Open(path);
            _files.Add(file);
            foreach (var tensor in file.Tensors)
            {
                if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
                {
                    throw new ModelFileException(
                        path,
                        tensor.Name,
                        "a tensor that another shard holds too",
                        "one of it"
                    );
                }
            }
        }

        foreach (var (name, shard) in index ?? [])
        {
            if (Find(name) is not { } found || Path.GetFileName(found.File.Path) != shard)
            {
                throw new ModelFileException(paths[0], name, "a tensor that its shard does not hold", $"it in {shard}");
            }
        }
    }

    private static ModelFileException NoWeights(string folder)
    {
        var pickled = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder)
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
                .FirstOrDefault(name =>
                    name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal)
                )
            : null;
        return pickled is null
            ? new ModelFileException(folder, null, "no weights", $"{SingleName} or {IndexName}")
            : new ModelFileException(
                Path.Combine(folder, pickled),
                null,
                "pickled weights, which can run code when they are read",
                "the same weights as safetensors"
            );
    }

    private static Dictionary<string, string> Index(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var name = property.Value.GetString();
                // A shard lies beside its index; anything else would read files that nobody named.
                if (
                    string.IsNullOrEmpty(name)
                    || name != Path.GetFileName(name)
                    || name.Contains('\\', StringComparison.Ordinal)
                    || name.Length > LongestName
                    || name.Any(char.IsControl)
                )
                {
                    throw new ModelFileException(
                        path,
                        $"weight_map.{property.Name}",
                        $"\"{(name?.Length > LongestName ? name[..LongestName] + "..." : name)}\"",
                        "a plain file name"
                    );
                }

                map.Add(property.Name, name);
            }

            return map;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new ModelFileException(path, "weight_map", e.Message, "an object of tensor names and file names");
        }
    }
}
