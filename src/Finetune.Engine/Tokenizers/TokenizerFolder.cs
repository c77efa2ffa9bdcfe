using Finetune.Engine.Tokenizers.Conversion;

namespace Finetune.Engine.Tokenizers;

/// <summary>Which files of a folder make its tokenizer.</summary>
internal static class TokenizerFolder
{
    private const string TemplatesFolder = "additional_chat_templates";

    private static readonly string[] PieceNames =
    [
        "tokenizer.model",
        "spiece.model",
        "sentencepiece.bpe.model",
        "sentencepiece.model",
        "tiktoken.model",
    ];

    private static readonly string[] Beside =
    [
        TokenizerSettings.ConfigName,
        TokenizerSettings.MapName,
        TokenizerSettings.AddedName,
        Templates.Chat.ChatTemplates.TemplateFile,
        "chat_template.json",
    ];

    /// <summary>The file that holds the vocabulary, full path; null without.</summary>
    public static string? Vocabulary(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        string[] candidates =
        [
            Path.Combine(folder, TokenizerFile.Name),
            .. PieceNames.Select(name => Path.Combine(folder, name)),
            .. Directory.GetFiles(folder, "*.tiktoken").Order(StringComparer.Ordinal),
            .. File.Exists(Path.Combine(folder, ByteLevelConversion.MergesName))
                ? new[] { Path.Combine(folder, ByteLevelConversion.VocabularyName) }
                : [],
            Path.Combine(folder, WordPieceConversion.VocabularyName),
        ];
        return candidates.Where(File.Exists).Select(Path.GetFullPath).FirstOrDefault();
    }

    /// <summary>Paths of all files that the tokenizer and its chat templates are read from, relative to the folder.</summary>
    public static IEnumerable<string> Names(string folder)
    {
        if (Vocabulary(folder) is not { } vocabulary)
        {
            return [];
        }

        string[] more =
            Path.GetFileName(vocabulary) == ByteLevelConversion.VocabularyName ? [ByteLevelConversion.MergesName] : [];
        var templates = Path.Combine(folder, TemplatesFolder);
        return
        [
            Path.GetFileName(vocabulary),
            .. more,
            .. Beside.Where(name => File.Exists(Path.Combine(folder, name))),
            .. (Directory.Exists(templates) ? Directory.GetFiles(templates, "*.jinja") : [])
                .Select(path => Path.Combine(TemplatesFolder, Path.GetFileName(path)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <exception cref="ModelFileException">There is no tokenizer, or a part that is not known here.</exception>
    public static (TokenizerFile File, TokenizerSettings Settings) Read(string folder)
    {
        var path =
            Vocabulary(folder)
            ?? throw new ModelFileException(
                folder,
                null,
                "no tokenizer",
                "tokenizer.json, tokenizer.model, a .tiktoken file, vocab.json with merges.txt, or vocab.txt"
            );
        try
        {
            return Read(folder, path);
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // The first is what JSON with half a surrogate pair throws when its text is asked for.
            throw new ModelFileException(path, null, error.Message, "a tokenizer that can be read");
        }
    }

    private static (TokenizerFile File, TokenizerSettings Settings) Read(string folder, string path)
    {
        var name = Path.GetFileName(path);
        var settings = TokenizerSettings.Read(folder, isWhole: name == TokenizerFile.Name);
        var file = name switch
        {
            TokenizerFile.Name => TokenizerFile.Read(path, settings.Tokens),
            ByteLevelConversion.VocabularyName => ByteLevelConversion.Read(settings),
            WordPieceConversion.VocabularyName => WordPieceConversion.Read(settings),
            _ when TiktokenConversion.IsRanks(path) => TiktokenConversion.Read(path, settings),
            _ => new SentencePieceConversion(path, settings).Read(),
        };
        return (file, settings);
    }
}
