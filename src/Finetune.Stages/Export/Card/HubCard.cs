using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Export.Card;

/// <summary>
/// <c>README.md</c> of an exported model: front matter as the Hub reads it
/// (huggingface_hub, <c>repocard_data.py</c>), and what a person should know. No clock, no path.
/// </summary>
/// <param name="settings">The export's.</param>
/// <param name="document">The document's model and training stages, with all defaults.</param>
/// <param name="verdict">What evaluation found.</param>
/// <param name="parity">How it answered when read back.</param>
/// <param name="train">Rendered training rows, for their fingerprint.</param>
/// <param name="test">Rendered test rows, likewise.</param>
internal sealed class HubCard(
    ExportSettings settings,
    JsonObject document,
    VerdictRecord verdict,
    ParityRecord parity,
    string train,
    string test
)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "README.md";

    private const string Tuned = "tuned";
    private readonly StringBuilder _text = new();

    /// <summary>The file's text.</summary>
    public string Write()
    {
        FrontMatter();
        Line($"# {settings.Name}");
        Line("");
        Line($"Fine-tuned from `{Base}` with dotnet finetune.");
        Metrics();
        Prompts();
        Line("");
        Line("## Data");
        Line("");
        Line($"{Count(train)} training examples, {verdict.Rows} test rows ({verdict.Examples} examples).");
        Line("");
        Line("| part | SHA-256 of its rendered rows |");
        Line("| --- | --- |");
        Line($"| train | `{Fingerprint(train)}` |");
        Line($"| test | `{Fingerprint(test)}` |");
        Line("");
        Line("## Settings");
        Line("");
        Line("```json");
        Line(JsonSerializer.Serialize(document, ModelCard.Options).ReplaceLineEndings("\n"));
        Line("```");
        Line("");
        Line("## Check");
        Line("");
        Line(
            $"Read back from these files, the model answered {parity.EqualPrompts} of {parity.Prompts} test prompts with the same tokens as when it was trained; a token's log-probability differs by {Number(parity.LogProbGap)} on average."
        );
        return _text.ToString();
    }

    private string Base => document["model"]?["base"]?.GetValue<string>() ?? "";

    private void FrontMatter()
    {
        var adapter = settings.Format == "peft";
        var encoder = settings.Boundary == "source";
        var task = encoder ? "text2text-generation" : "text-generation";
        Line("---");
        Line($"library_name: {(adapter ? "peft" : "transformers")}");
        // The Hub takes a repository's name here; a folder or a built-in model is none.
        if (Base.StartsWith("hub:", StringComparison.Ordinal))
        {
            Line($"base_model: {Text(Base["hub:".Length..].Split('@')[0])}");
            Line($"base_model_relation: {(adapter ? "adapter" : "finetune")}");
        }

        Line($"pipeline_tag: {task}");
        Line("tags:");
        foreach (var tag in new[] { "dotnet-finetune", adapter ? "lora" : null }.OfType<string>())
        {
            Line($"- {tag}");
        }

        if (
            verdict.Contenders.TryGetValue(Tuned, out var tuned) && tuned.Metrics.Values.Any(value => value is not null)
        )
        {
            Line("model-index:");
            Line($"- name: {Text(settings.Name)}");
            Line("  results:");
            Line("  - task:");
            Line($"      type: {task}");
            Line("    dataset:");
            Line($"      name: {Text(settings.Name + " (test)")}");
            Line($"      type: {Text(settings.Name)}");
            Line("      split: test");
            Line("    metrics:");
            foreach (var (name, value) in tuned.Metrics)
            {
                if (value is { } known && double.IsFinite(known))
                {
                    Line($"    - type: {name}");
                    Line($"      value: {Number(known)}");
                    Line($"      name: {name}");
                }
            }
        }

        Line("---");
        Line("");
    }

    private void Metrics()
    {
        Line("");
        Line("## Metrics");
        Line("");
        Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"On {verdict.Rows} test rows; in brackets the {100 * verdict.Confidence:0.#} % interval."
            )
        );
        Line("");
        Line($"| | {string.Join(" | ", verdict.Metrics)} |");
        Line($"| --- |{string.Concat(verdict.Metrics.Select(_ => " ---: |"))}");
        foreach (var (name, contender) in verdict.Contenders)
        {
            Line($"| {name} | {string.Join(" | ", verdict.Metrics.Select(metric => Cell(contender, metric)))} |");
        }
    }

    private void Prompts()
    {
        Line("");
        Line("## Prompt");
        foreach (var template in settings.Templates)
        {
            Line("");
            Line($"`{template.Name}`:");
            if (template.Messages is { } messages)
            {
                Block(
                    $"Messages for the chat template beside the model{(messages.List is null ? ", the rows' own." : ":")}",
                    null
                );
                foreach (var message in messages.List ?? [])
                {
                    Block($"{message.Role}:", message.Content);
                }

                continue;
            }

            Block("The prompt", template.Prompt);
            Block("is answered with", template.Completion);
        }
    }

    private void Block(string title, string? text)
    {
        Line("");
        Line(title);
        if (text is not null)
        {
            Line("");
            Line("````text");
            Line(text);
            Line("````");
        }
    }

    private static string Cell(ContenderVerdict contender, string metric) =>
        contender.Metrics.GetValueOrDefault(metric) is not { } value ? "–"
        : contender.Intervals.TryGetValue(metric, out var interval)
            ? $"{Number(value)} [{Number(interval.Low)}, {Number(interval.High)}]"
        : Number(value);

    private static long Count(string file) => ExampleFile.Count(file);

    private static string Fingerprint(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    // A JSON string is a YAML scalar.
    private static string Text(string text) => JsonSerializer.Serialize(text, StageJson.Options);

    private void Line(string line) => _text.Append(line).Append('\n');
}
