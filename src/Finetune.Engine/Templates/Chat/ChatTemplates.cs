using System.Text.Json;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Templates.Chat;

/// <summary>The chat templates and special tokens of a model folder, found where Transformers finds them.</summary>
public sealed class ChatTemplates
{
    private const string ConfigFile = "tokenizer_config.json";
    private const string MapFile = "special_tokens_map.json";

    /// <summary>The name of the file that holds a template alone.</summary>
    public const string TemplateFile = "chat_template.jinja";

    private const string OlderFile = "chat_template.json";
    private const string MoreFolder = "additional_chat_templates";
    private const string Default = "default";
    private const string ForTools = "tool_use";

    private readonly string _folder;
    private readonly Dictionary<string, string> _templates = new(StringComparer.Ordinal);
    private readonly bool _isNamed;

    private ChatTemplates(string folder)
    {
        _folder = folder;
        var config = Path.Combine(folder, ConfigFile);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(config))
        {
            using var document = Read(config);
            _isNamed = ReadTemplates(document.RootElement, config);
            ReadTokens(document.RootElement, tokens);
        }

        var map = Path.Combine(folder, MapFile);
        if (File.Exists(map))
        {
            using var document = Read(map);
            ReadTokens(document.RootElement, tokens);
        }

        SpecialTokens = tokens;
        _isNamed = ReadFiles() ?? _isNamed;

        // Where processors of older versions wrote theirs; it stands in where nothing else speaks.
        var older = Path.Combine(folder, OlderFile);
        if (_templates.Count == 0 && File.Exists(older))
        {
            using var document = Read(older);
            _isNamed = ReadTemplates(document.RootElement, older);
        }
    }

    /// <summary>bos_token, eos_token and so on, those that the model has.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>Whether there is any template.</summary>
    public bool Any => _templates.Count > 0;

    /// <summary>Reads a folder; it may have none.</summary>
    /// <exception cref="ModelFileException">A file cannot be read.</exception>
    public static ChatTemplates Load(string folder) => new(folder);

    /// <summary>The template to use.</summary>
    /// <param name="given">A template's name, or a template's text; null for the model's own.</param>
    /// <param name="hasTools">Whether tools are given: a template for them is taken where there is one.</param>
    /// <exception cref="ModelFileException">The model has none.</exception>
    public string Choose(string? given, bool hasTools)
    {
        if (given is not null)
        {
            return _isNamed && _templates.TryGetValue(given, out var named) ? named : given;
        }

        return _isNamed && hasTools && _templates.TryGetValue(ForTools, out var tools) ? tools
            : _templates.TryGetValue(Default, out var own) ? own
            : throw new ModelFileException(
                Path.Combine(_folder, ConfigFile),
                "chat_template",
                _templates.Count == 0 ? "none" : $"{string.Join(", ", _templates.Keys)} and no default",
                "a chat template"
            );
    }

    private static JsonDocument Read(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw new ModelFileException(file, null, $"no JSON at line {e.LineNumber + 1}", "JSON");
        }
    }

    private bool ReadTemplates(JsonElement config, string file)
    {
        if (!config.TryGetProperty("chat_template", out var template) || template.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        switch (template.ValueKind)
        {
            case JsonValueKind.String:
                _templates[Default] = template.GetString()!;
                return false;
            case JsonValueKind.Array:
                foreach (var one in template.EnumerateArray())
                {
                    _templates[Text(one, "name", file)] = Text(one, "template", file);
                }

                return true;
            case JsonValueKind.Object:
                foreach (var one in template.EnumerateObject())
                {
                    _templates[one.Name] = one.Value.GetString() ?? "";
                }

                return true;
            default:
                throw new ModelFileException(file, "chat_template", template.GetRawText(), "a text or a list of them");
        }
    }

    private static string Text(JsonElement one, string key, string file) =>
        one.ValueKind == JsonValueKind.Object
        && one.TryGetProperty(key, out var text)
        && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new ModelFileException(file, "chat_template", one.GetRawText(), $"an object with a {key}");

    private static void ReadTokens(JsonElement config, Dictionary<string, string> tokens)
    {
        foreach (var name in TokenizerSettings.Names)
        {
            if (config.TryGetProperty(name, out var token))
            {
                Add(tokens, name, token);
            }
        }

        foreach (var extra in new[] { "extra_special_tokens", "model_specific_special_tokens" })
        {
            if (config.TryGetProperty(extra, out var more) && more.ValueKind == JsonValueKind.Object)
            {
                foreach (var one in more.EnumerateObject())
                {
                    Add(tokens, one.Name, one.Value);
                }
            }
        }
    }

    private static void Add(Dictionary<string, string> tokens, string name, JsonElement token)
    {
        var text =
            token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content)
                ? content
                : token;
        if (text.ValueKind == JsonValueKind.String)
        {
            // The configuration is read first and wins.
            tokens.TryAdd(name, text.GetString()!);
        }
    }

    // Files of their own win over the configuration; null where there are none.
    private bool? ReadFiles()
    {
        var own = Path.Combine(_folder, TemplateFile);
        var more = Path.Combine(_folder, MoreFolder);
        string[] others = Directory.Exists(more) ? Directory.GetFiles(more, "*.jinja") : [];
        if (!File.Exists(own) && others.Length == 0)
        {
            return null;
        }

        _templates.Clear();
        if (File.Exists(own))
        {
            _templates[Default] = File.ReadAllText(own);
        }

        foreach (var file in others)
        {
            _templates[Path.GetFileNameWithoutExtension(file)] = File.ReadAllText(file);
        }

        return others.Length > 0;
    }
}
