using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>Reads an export.</summary>
internal static class ExportBinder
{
    /// <summary>The export.</summary>
    public static ExportSection Bind(ObjectReader reader) =>
        new() { Format = Format(reader.Need("format")) ?? "", To = reader.NeedText("to") };

    private static string? Format(ValueReader? value)
    {
        if (value?.Node is ScalarNode { Value: "gguf" })
        {
            value.Findings.Add(
                Codes.NotAvailable,
                value.Node.Span,
                value.Path,
                "the format 'gguf' is not in yet",
                "huggingface and peft are"
            );
            return null;
        }

        return value?.Word("huggingface", "peft");
    }
}
