using System.Text.Json;
using System.Text.Json.Nodes;
using static Finetune.Engine.Tokenizers.Conversion.Parts;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>vocab.txt of BERT and its kin: a token a line.</summary>
internal static class WordPieceConversion
{
    public const string VocabularyName = "vocab.txt";

    /// <exception cref="ModelFileException">A special token is missing, or the class is not known here.</exception>
    public static TokenizerFile Read(TokenizerSettings settings)
    {
        if (settings.Class is not ("" or TokenizerClass.Bert or "DistilBertTokenizer" or "ElectraTokenizer"))
        {
            throw new ModelFileException(
                Path.Combine(settings.Folder, TokenizerSettings.ConfigName),
                "$.tokenizer_class",
                $"\"{settings.Class}\" with {VocabularyName}",
                "BertTokenizer, DistilBertTokenizer, ElectraTokenizer, or a tokenizer.json"
            );
        }

        settings.Refuse("never_split", value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
        settings.Refuse("do_basic_tokenize", value => value.ValueKind == JsonValueKind.True);
        var path = Path.Combine(settings.Folder, VocabularyName);
        var vocabulary = new JsonObject();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            vocabulary[line] = number++;
        }

        var lowercase = settings.Flag("do_lower_case") ?? true;
        var (cls, sep) = (settings.Named("cls_token") ?? "[CLS]", settings.Named("sep_token") ?? "[SEP]");
        var draft = new Draft(path, settings)
        {
            Model = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = settings.Unk ?? "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocabulary,
            },
            Normalizer = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = settings.Flag("tokenize_chinese_chars") ?? true,
                ["strip_accents"] = settings.Flag("strip_accents"),
                ["lowercase"] = lowercase,
            },
            PreTokenizer = Of("BertPreTokenizer"),
            Decoder = new JsonObject
            {
                ["type"] = "WordPiece",
                ["prefix"] = "##",
                ["cleanup"] = true,
            },
        };
        foreach (var (token, id) in vocabulary)
        {
            draft.Ids[token] = id!.GetValue<int>();
        }

        draft.PostProcessor = TokenTemplate.Of(
            $"{cls}:0 $A:0 {sep}:0",
            $"{cls}:0 $A:0 {sep}:0 $B:1 {sep}:1",
            draft.IdOf
        );
        return draft.Read();
    }
}
