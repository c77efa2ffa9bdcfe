using System.Text.Json;

namespace Finetune.Cli.Starters;

/// <summary>Writes a commented pipeline document.</summary>
internal static class StarterDocument
{
    /// <summary>The document's text.</summary>
    public static string Of(Starter starter)
    {
        var fit = starter.Base.StartsWith("builtin:", StringComparison.Ordinal)
            ? "    learning_rate: 1.0e-3             # a tiny model takes larger steps than a large one (2e-5)\n"
            : "";
        var choices = starter.FreeText
            ? ""
            : "    choices: distinct                 # the answers of the training rows are the only ones allowed\n";
        return $$$"""
            # Check it:  dotnet finetune validate
            # Run it:    dotnet finetune run          (a second run does only what changed)
            # Every key, its meaning and default:  dotnet finetune schema
            version: 1
            name: {{{Scalar(starter.Name)}}}
            seed: 17

            sources:
              rows:
                path: {{{Scalar(starter.Source)}}}

            splits:
              from: rows
              train: 0.7
              validation: 0.1
              test: 0.2                           # what the verdict is about; never trained on
              by: hash                            # a row keeps its split when others are added

            templates:
              ask:
                prompt: |-                        # Scriban; a column with an odd name is {{ row["first name"] }}
                  {{{Reference(starter.Text)}}}
                  {{{Label(starter.Answer)}}}:
                completion: {{{JsonSerializer.Serialize(" " + Reference(starter.Answer), StarterJson.Default.String)}}}
                answer: {{{Scalar(starter.Answer)}}}
            {{{choices}}}
            model:
              base: {{{Scalar(starter.Base)}}}                  # or a folder in Hugging Face layout

            training:
              - name: instruct
                epochs: 8
                batch_size: 16
            {{{fit}}}    schedule: { kind: linear, warmup_ratio: 0.1 }

            evaluation:
              compare: [zero_shot, { few_shot: 2 }, tuned]
              metrics: [accuracy, exact_match, token_accuracy, perplexity]

            # A gate: 'run' ends with exit code 4 when it is not met.
            # require:
            #   - tuned.accuracy >= zero_shot.accuracy + 0.1

            # The tuned model in Hugging Face layout, for other programs:
            # export:
            #   - { format: huggingface, to: out/model }

            """;
    }

    /// <summary>A word as it is where YAML takes it for a string, in quotes elsewhere.</summary>
    private static string Scalar(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '/' or '.' or ':')
        && !text.EndsWith(':')
        && text is not ("true" or "false" or "null" or "True" or "False" or "Null" or "TRUE" or "FALSE" or "NULL")
            ? text
            : JsonSerializer.Serialize(text, StarterJson.Default.String);

    private static string Reference(string column) =>
        IsIdentifier(column)
            ? $$$"""{{ {{{column}}} }}"""
            : $$$"""{{ row[{{{JsonSerializer.Serialize(column, StarterJson.Default.String)}}}] }}""";

    private static string Label(string column) =>
        column.Length == 0 ? "Answer" : char.ToUpperInvariant(column[0]) + column[1..].Replace('_', ' ');

    private static bool IsIdentifier(string column) =>
        column.Length > 0 && !char.IsAsciiDigit(column[0]) && column.All(c => char.IsAsciiLetterOrDigit(c) || c is '_');
}
