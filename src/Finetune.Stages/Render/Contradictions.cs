using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Render;

/// <summary>Finds prompts that occur with different completions: a model can learn at most one of them.</summary>
internal sealed class Contradictions
{
    private const int RowsKept = 20;

    private readonly Dictionary<(string Template, UInt128 Prompt), (UInt128 Completion, long Row)> _first = [];
    private readonly Dictionary<string, (HashSet<UInt128> Prompts, List<SharedRow> Rows)> _found = new(
        StringComparer.Ordinal
    );

    /// <summary>Looks at a training example.</summary>
    public void Add(Example example)
    {
        var prompt = Key(example.Prompt);
        var completion = Key(example.Completion);
        if (_first.TryAdd((example.Template, prompt), (completion, example.Row)))
        {
            return;
        }

        var first = _first[(example.Template, prompt)];
        if (first.Completion == completion)
        {
            return;
        }

        if (!_found.TryGetValue(example.Template, out var found))
        {
            _found.Add(example.Template, found = ([], []));
        }

        found.Prompts.Add(prompt);
        if (found.Rows.Count < RowsKept)
        {
            found.Rows.Add(new SharedRow(first.Row, example.Row));
        }
    }

    /// <summary>How many prompts of a template have one.</summary>
    public long Count(string template) => _found.TryGetValue(template, out var found) ? found.Prompts.Count : 0;

    /// <summary>The first rows that have one.</summary>
    public IReadOnlyList<SharedRow> Rows(string template) =>
        _found.TryGetValue(template, out var found) ? found.Rows : [];

    private static UInt128 Key(string text) =>
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
