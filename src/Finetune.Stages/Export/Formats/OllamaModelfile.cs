using System.Globalization;
using System.Text;
using Finetune.Engine.Tokenizers;

namespace Finetune.Stages.Export.Formats;

/// <summary>
/// Ollama's Modelfile. It knows chats by a Go template, which the few common shapes of chat templates are told as; any
/// other model is asked with the bare prompt, as pipelines ask it.
/// </summary>
internal static class OllamaModelfile
{
    // Where a chat template stands.
    private static readonly string[] TemplateNames =
    [
        "chat_template.jinja",
        "chat_template.json",
        "tokenizer_config.json",
    ];

    /// <summary>Its name.</summary>
    public const string FileName = "Modelfile";

    private const string Plain = "{{ .Prompt }}";

    // A mark that a chat template of this shape holds, the shape in Ollama's words, and what ends a turn.
    private static readonly (string Mark, string Template, string Stop)[] Shapes =
    [
        (
            "<|im_start|>",
            "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ .Response }}<|im_end|>\n",
            "<|im_end|>"
        ),
        (
            "<|start_header_id|>",
            "{{ if .System }}<|start_header_id|>system<|end_header_id|>\n\n{{ .System }}<|eot_id|>{{ end }}<|start_header_id|>user<|end_header_id|>\n\n{{ .Prompt }}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n{{ .Response }}<|eot_id|>",
            "<|eot_id|>"
        ),
        (
            "<start_of_turn>",
            "<start_of_turn>user\n{{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }}<end_of_turn>\n<start_of_turn>model\n{{ .Response }}<end_of_turn>\n",
            "<end_of_turn>"
        ),
        (
            "<|assistant|>",
            "{{ if .System }}<|system|>\n{{ .System }}<|end|>\n{{ end }}<|user|>\n{{ .Prompt }}<|end|>\n<|assistant|>\n{{ .Response }}<|end|>\n",
            "<|end|>"
        ),
        ("[INST]", "[INST] {{ if .System }}{{ .System }}\n\n{{ end }}{{ .Prompt }} [/INST]{{ .Response }}", "[INST]"),
    ];

    /// <summary>The file's text.</summary>
    /// <param name="model">The bare name of the GGUF file beside it.</param>
    /// <param name="tokenizerFolder">Whose chat template is looked at.</param>
    /// <param name="mostTokens">How long answers were while tuning.</param>
    public static string Write(string model, string tokenizerFolder, int mostTokens)
    {
        var tokenizer = Tokenizer.Load(tokenizerFolder);
        var chat = ChatTemplate(tokenizerFolder);
        var shape = Shapes.FirstOrDefault(s =>
            chat.Contains(s.Mark, StringComparison.Ordinal) && chat.Contains(s.Stop, StringComparison.Ordinal)
        );
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"FROM ./{model}\n");
        text.Append(CultureInfo.InvariantCulture, $"TEMPLATE \"\"\"{shape.Template ?? Plain}\"\"\"\n");
        string?[] stops = [shape.Stop, tokenizer.EosId is { } id ? tokenizer.TokenOf(id) : null];
        foreach (var stop in stops.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"PARAMETER stop \"{stop.Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n"
            );
        }

        text.Append("PARAMETER temperature 0\n");
        return shape.Template is null
            ? text.Append(CultureInfo.InvariantCulture, $"PARAMETER num_predict {mostTokens}\n").ToString()
            : text.ToString();
    }

    private static string ChatTemplate(string folder) =>
        string.Concat(
            TemplateNames.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(File.ReadAllText)
        );
}
