using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers.Conversion;
using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers.Learning;

/// <summary>
/// Makes a byte-level BPE tokenizer (GPT-2's kind) from texts and writes it as Hugging Face's tokenizers would: the same
/// texts and settings give the same merges as its BpeTrainer, and the same bytes every time.
/// </summary>
public sealed class TokenizerLearner
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly BpeLearningOptions _options;
    private readonly ByteLevelPreTokenizer _pieces;
    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _spans;

    /// <summary>Starts without a text.</summary>
    public TokenizerLearner(BpeLearningOptions options)
    {
        _options = options;
        _pieces = new ByteLevelPreTokenizer(options.AddPrefixSpace, useRegex: true);
        _spans = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many different words were read so far.</summary>
    public int Words => _words.Count;

    /// <summary>The fewest tokens that it can have: special ones and one for each byte that needs one.</summary>
    public int Fewest =>
        _options.SpecialTokens.Distinct().Count()
        + (_options.AllBytes ? 256 : _words.Keys.SelectMany(word => word).Distinct().Count());

    /// <summary>Reads one text. Words never cross its ends.</summary>
    public void Read(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var sound = TokenizerPass.Sound(text);
        var pieces = new Pieces(AlignedText.Of(sound, 0, sound.Length), [(0, sound.Length)]);
        _pieces.Apply(pieces);
        foreach (var (start, end) in pieces.Ranges)
        {
            var word = pieces.Text.Chars[start..end];
            _spans[word] = (_spans.TryGetValue(word, out var count) ? count : 0) + 1;
        }
    }

    /// <summary>Learns from what was read and writes tokenizer.json and tokenizer_config.json.</summary>
    /// <param name="folder">Made where absent.</param>
    /// <param name="cancellationToken">Stops it; then nothing is written.</param>
    /// <returns>How many tokens it has.</returns>
    public int Write(string folder, CancellationToken cancellationToken = default)
    {
        var learned = BpeLearner.Learn(_words, _options, cancellationToken);
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, TokenizerFile.Name), Document(learned));
        Write(Path.Combine(folder, TokenizerSettings.ConfigName), Settings());
        return learned.Tokens.Count;
    }

    private JsonObject Document(LearnedBpe learned) =>
        new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. _options.SpecialTokens.Distinct().Select(Special)]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = Parts.ByteLevel(_options.AddPrefixSpace, useRegex: true),
            ["post_processor"] = null,
            ["decoder"] = Parts.ByteLevel(addPrefixSpace: true, useRegex: true),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = new JsonObject(
                    learned.Tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))
                ),
                ["merges"] = new JsonArray([
                    .. learned.Merges.Select(pair => (JsonNode)new JsonArray(pair.Left, pair.Right)),
                ]),
            },
        };

    private JsonObject Settings()
    {
        var settings = new JsonObject
        {
            ["clean_up_tokenization_spaces"] = false,
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
        };
        if (_options.SpecialTokens.Count > 0)
        {
            settings["eos_token"] = _options.SpecialTokens[0];
        }

        return settings;
    }

    private static JsonNode Special(string content, int id) =>
        new JsonObject
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        };

    // Beside its place first, so that a half-written file never bears the name.
    private static void Write(string path, JsonObject document)
    {
        var partial = path + ".partial";
        File.WriteAllText(partial, document.ToJsonString(Written) + "\n");
        File.Move(partial, path, overwrite: true);
    }
}
