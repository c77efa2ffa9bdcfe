using System.Globalization;

namespace Finetune.Benchmarks;

/// <summary>What a benchmark is asked for: <c>--name value</c> pairs, and <c>--name</c> alone.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <exception cref="ArgumentException">A name that the benchmark does not know, or a value without a name.</exception>
    public Arguments(IReadOnlyList<string> given, params string[] known)
    {
        for (var i = 0; i < given.Count; i++)
        {
            if (!known.Contains(given[i], StringComparer.Ordinal))
            {
                throw new ArgumentException($"'{given[i]}' is not known; there is {string.Join(' ', known)}");
            }

            var hasValue = i + 1 < given.Count && !given[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[given[i]] = hasValue ? given[++i] : "";
        }
    }

    /// <summary>Whether a name is there.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A text, or null.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A whole number.</summary>
    public int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out var text)
            ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : otherwise;
}
