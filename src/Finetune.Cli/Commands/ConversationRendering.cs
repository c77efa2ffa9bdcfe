using System.Globalization;
using System.Text.Json;
using Finetune.Cli.Batch;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine;
using Finetune.Engine.Templates;
using Finetune.Engine.Templates.Chat;
using Finetune.Stages.Hub;

namespace Finetune.Cli.Commands;

/// <summary><c>render --model</c>: conversations by a model's chat template.</summary>
internal sealed class ConversationRendering(string model, string? now) : BatchCommand<RenderedText>
{
    private readonly Dictionary<string, ChatTemplate> _read = new(StringComparer.Ordinal);
    private ChatTemplates? _templates;
    private DateTime _now;

    protected override void Open(Surroundings surroundings)
    {
        _templates = ChatTemplates.Load(ModelPlace.Folder(model, HubPart.Tokenizer));
        if (now is null)
        {
            _now = surroundings.Clock.GetLocalNow().DateTime;
        }
        else if (
            !DateTimeOffset.TryParse(now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        )
        {
            throw new UsageException($"'{now}' is no time", "write it as 2026-11-24T12:00:00");
        }
        else
        {
            _now = time.DateTime;
        }
    }

    protected override RenderedText Read(InputRow row)
    {
        var tools = Given(row, "tools");
        var tokens = Given(row, "special_tokens");
        var request = new ChatRequest(
            Given(row, "messages")
                ?? throw new RowException("FT2003", "there is no 'messages'", "add \"messages\" to the row")
        )
        {
            Tools = tools,
            Documents = Given(row, "documents"),
            AddGenerationPrompt = Flag(row, "add_generation_prompt"),
            ContinueFinalMessage = Flag(row, "continue_final_message"),
            SpecialTokens = tokens is null ? _templates!.SpecialTokens : Texts(Members(tokens, "special_tokens")),
            More = Members(Given(row, "kwargs"), "kwargs"),
        };
        try
        {
            var given = Given(row, "template") is null ? null : row.Text("template");
            return Template(_templates!.Choose(given, tools is not null)).Render(request, _now);
        }
        catch (JinjaException e)
        {
            throw e.Kind == JinjaException.Raised
                ? new RowException("FT3031", e.Message, $"the template refuses it in its line {e.Line}")
                : new RowException("FT3030", e.Described, "mend the template or the conversation");
        }
        catch (ModelFileException e)
        {
            throw new RowException("FT7005", e.Message, "give the row a \"template\"");
        }
        catch (InvalidOperationException)
        {
            throw new RowException("FT2003", "half a surrogate pair", "mend its \\u escapes");
        }
    }

    protected override void Answer(IReadOnlyList<RenderedText> rows, JsonOutput output)
    {
        foreach (var row in rows)
        {
            output.Write(json =>
            {
                json.WriteString("text", row.Text);
                json.WriteStartArray("assistant_spans");
                foreach (var (start, end) in row.Spans)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(start);
                    json.WriteNumberValue(end);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            });
        }
    }

    private ChatTemplate Template(string source)
    {
        if (!_read.TryGetValue(source, out var template))
        {
            _read[source] = template = ChatTemplate.Parse(source);
        }

        return template;
    }

    private static JsonElement? Given(InputRow row, string key) =>
        row.Json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool Flag(InputRow row, string key) =>
        Given(row, key)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw new RowException("FT2003", $"'{key}' is neither true nor false"),
        };

    private static Dictionary<string, JsonElement> Members(JsonElement? json, string key) =>
        json switch
        {
            null => [],
            { ValueKind: JsonValueKind.Object } value => value
                .EnumerateObject()
                .GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal),
            _ => throw new RowException("FT2003", $"'{key}' is no object"),
        };

    private static Dictionary<string, string> Texts(Dictionary<string, JsonElement> members) =>
        members
            .Where(member => member.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(member => member.Key, member => member.Value.GetString()!, StringComparer.Ordinal);
}
