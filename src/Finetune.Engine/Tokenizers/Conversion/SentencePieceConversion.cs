using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers.AddedTokens;
using static Finetune.Engine.Tokenizers.Conversion.Parts;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>
/// A sentencepiece model as Transformers' convert_slow_tokenizer makes it a tokenizer.json, by class; without a class,
/// as the model's own normalizer and trainer specifications say.
/// </summary>
internal sealed class SentencePieceConversion(string path, TokenizerSettings settings)
{
    private static readonly string[] Turns = ["<start_of_turn>", "<end_of_turn>"];
    private readonly SentencePieceModel _model = SentencePieceModel.Read(path);

    /// <exception cref="ModelFileException">The model is broken, or of a kind that is not known here.</exception>
    public TokenizerFile Read()
    {
        var isLlama = settings.Class is TokenizerClass.Llama or "CodeLlamaTokenizer" or "Phi3Tokenizer";
        return settings.Class switch
        {
            _ when isLlama => Llama(),
            TokenizerClass.Gemma => Gemma(),
            TokenizerClass.T5 => T5(),
            TokenizerClass.XlmRoberta => XlmRoberta(),
            TokenizerClass.Albert => Albert(),
            "" => Plain(),
            _ => throw new ModelFileException(
                Path.Combine(settings.Folder, TokenizerSettings.ConfigName),
                "$.tokenizer_class",
                $"\"{settings.Class}\" and a sentencepiece model",
                "a class that is known here for one (Llama, Gemma, T5, XLMRoberta, Albert), or a tokenizer.json"
            ),
        };
    }

    private TokenizerFile Llama()
    {
        var vocabulary = Pieces();
        for (var id = 0; id < Math.Min(3, vocabulary.Count); id++)
        {
            var shown = settings.Tokens.FirstOrDefault(token => token.Id == id)?.Content;
            vocabulary[id] = (shown ?? vocabulary[id].Text, 0);
        }

        var draft = Started(vocabulary, unknownId: 0, bytes: true);
        var prefixed = settings.Flag("add_prefix_space") ?? true;
        if (settings.Flag("legacy") ?? true)
        {
            draft.Normalizer = NormalizerChain(prefixed ? [Prepend(Mark), Replace(" ", Mark)] : [Replace(" ", Mark)]);
        }
        else
        {
            draft.PreTokenizer = Metaspace(prefixed ? "first" : "never", split: false);
        }

        draft.Decoder = PieceDecoder(prefixed);
        return draft.Read();
    }

    private TokenizerFile Gemma()
    {
        var vocabulary = Pieces();
        string?[] first = [settings.Pad, settings.Eos, settings.Bos];
        for (var id = 0; id < Math.Min(3, vocabulary.Count); id++)
        {
            vocabulary[id] = (first[id] ?? vocabulary[id].Text, 0);
        }

        // Old files have the tab as a byte only.
        var tab = vocabulary.FindIndex(piece => piece.Text == "<0x09>");
        if (tab >= 0 && vocabulary.All(piece => piece.Text != "\t"))
        {
            vocabulary[tab] = ("\t", 0);
        }

        var draft = Started(vocabulary, unknownId: 3, bytes: true, Turns);
        draft.Normalizer = Replace(" ", Mark);
        draft.PreTokenizer = Split(new JsonObject { ["String"] = " " }, "MergedWithPrevious");
        draft.Decoder = PieceDecoder(prefixed: false);
        return draft.Read();
    }

    private TokenizerFile T5()
    {
        var vocabulary = Pieces();
        var extra = settings.Count("extra_ids") ?? 100;
        var names = Enumerable.Range(0, extra).Select(i => $"<extra_id_{extra - 1 - i}>").ToList();
        vocabulary.AddRange(names.Select(name => (name, 0f)));
        var draft = Started(vocabulary, _model.UnknownId, bytes: false);
        draft.Tokens.AddRange(names.Select(name => new ExtraToken(name)));
        Usual(draft);
        draft.PostProcessor = TokenTemplate.Of("$A:0 </s>:0", "$A:0 </s>:0 $B:0 </s>:0", draft.IdOf);
        return draft.Read();
    }

    private TokenizerFile XlmRoberta()
    {
        // fairseq's first four, then sentencepiece's without its own first three.
        List<(string, float)> vocabulary =
        [
            ("<s>", 0),
            ("<pad>", 0),
            ("</s>", 0),
            ("<unk>", 0),
            .. Pieces().Skip(3),
            ("<mask>", 0),
        ];
        var draft = Started(vocabulary, unknownId: 3, bytes: false);
        Usual(draft);
        draft.PostProcessor = TokenTemplate.Of("<s>:0 $A:0 </s>:0", "<s>:0 $A:0 </s>:0 </s>:0 $B:0 </s>:0", draft.IdOf);
        return draft.Read();
    }

    private TokenizerFile Albert()
    {
        // A number with a comma behind it is to be cut from it.
        var vocabulary = Pieces()
            .Select(p => (p.Text, Score: EndsInNumberComma(p.Text) ? p.Score - 100 : p.Score))
            .ToList();
        var draft = Started(vocabulary, _model.UnknownId, bytes: false);
        List<JsonObject> parts = [Replace("``", "\""), Replace("''", "\"")];
        if (!(settings.Flag("keep_accents") ?? false))
        {
            parts.AddRange([Of("NFKD"), Of("StripAccents")]);
        }

        if (settings.Flag("do_lower_case") ?? true)
        {
            parts.Add(Of("Lowercase"));
        }

        draft.Normalizer = NormalizerChain([.. parts, .. Compiled(), ReplaceRegex(" {2,}", " ")]);
        draft.PreTokenizer = Metaspace("always", split: true);
        draft.Decoder = Metaspace("always", split: true);
        draft.PostProcessor = TokenTemplate.Of("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", draft.IdOf);
        return draft.Read();
    }

    // No class: what the file itself asks for.
    private TokenizerFile Plain()
    {
        if (_model.SpaceAsSuffix || !_model.EscapeSpaces)
        {
            throw new ModelFileException(
                path,
                _model.SpaceAsSuffix ? "trainer_spec.treat_whitespace_as_suffix" : "normalizer_spec.escape_whitespaces",
                _model.SpaceAsSuffix ? "true" : "false",
                "a model that writes spaces as a mark before words"
            );
        }

        var draft = Started(Pieces(), _model.UnknownId, _model.ByteFallback);
        List<JsonObject> parts = [.. Compiled()];
        if (_model.RemoveExtraSpaces)
        {
            parts.AddRange([Strip(left: true, right: true), ReplaceRegex(" {2,}", " ")]);
        }

        parts.AddRange(_model.AddDummyPrefix ? [Prepend(Mark), Replace(" ", Mark)] : [Replace(" ", Mark)]);
        draft.Normalizer = NormalizerChain(parts);
        draft.Decoder = PieceDecoder(_model.AddDummyPrefix, _model.ByteFallback);
        return draft.Read();
    }

    private void Usual(Draft draft)
    {
        var scheme = (settings.Flag("add_prefix_space") ?? true, settings.Flag("legacy") ?? true) switch
        {
            (false, _) => "never",
            (_, true) => "always",
            _ => "first",
        };
        draft.Normalizer = NormalizerChain([
            .. Compiled(),
            Strip(left: false, right: true),
            ReplaceRegex(" {2,}", Mark),
        ]);
        draft.PreTokenizer = Metaspace(scheme, split: true);
        draft.Decoder = Metaspace(scheme, split: true);
    }

    private JsonObject[] Compiled() => _model.Charsmap.Length == 0 ? [] : [Precompiled(_model.Charsmap)];

    private List<(string Text, float Score)> Pieces() => [.. _model.Pieces.Select(p => (p.Text, p.Score))];

    private Draft Started(
        List<(string Text, float Score)> vocabulary,
        int unknownId,
        bool bytes,
        params string[] special
    )
    {
        var draft = new Draft(path, settings) { Model = Model(vocabulary, unknownId, bytes) };
        for (var id = 0; id < vocabulary.Count; id++)
        {
            draft.Ids[vocabulary[id].Text] = id;
        }

        // Control tokens are special, what a user defined is not; both are cut out of the text first.
        draft.Tokens.AddRange(
            _model
                .Pieces.Where(piece => piece.Kind is PieceKind.Control or PieceKind.UserDefined)
                .Select(piece => new ExtraToken(
                    piece.Text,
                    piece.Kind == PieceKind.Control || special.Contains(piece.Text, StringComparer.Ordinal)
                ))
        );
        return draft;
    }

    private JsonObject Model(List<(string Text, float Score)> vocabulary, int unknownId, bool bytes)
    {
        switch (_model.Algorithm)
        {
            case SentencePieceModel.Unigram:
                return new JsonObject
                {
                    ["type"] = "Unigram",
                    ["unk_id"] = unknownId,
                    ["vocab"] = new JsonArray([
                        .. vocabulary.Select(p => (JsonNode)new JsonArray(p.Text, (double)p.Score)),
                    ]),
                    ["byte_fallback"] = bytes,
                };
            case SentencePieceModel.Bpe:
                var ids = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var (text, _) in vocabulary)
                {
                    ids[text] = ids.Count;
                }

                return new JsonObject
                {
                    ["type"] = "BPE",
                    ["unk_token"] = ids.ContainsKey(_model.UnknownPiece) ? _model.UnknownPiece : null,
                    ["fuse_unk"] = true,
                    ["byte_fallback"] = bytes,
                    ["vocab"] = new JsonObject(ids.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
                    ["merges"] = PieceMerges.Of(vocabulary, ids),
                };
            default:
                throw new ModelFileException(
                    path,
                    "trainer_spec.model_type",
                    $"{_model.Algorithm}",
                    "1 (unigram) or 2 (bpe)"
                );
        }
    }

    private static bool EndsInNumberComma(string text) => text.Length >= 2 && text[^1] == ',' && char.IsDigit(text[^2]);
}
