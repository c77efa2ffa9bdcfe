using System.Text;
using Finetune.Engine.Tokenizers.Patterns;
using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Reads <c>decoder</c>.</summary>
internal static class DecoderReader
{
    public static IDecoder Read(JsonPlace place)
    {
        var type = place.Required("type");
        switch (type.AsString())
        {
            case "Sequence":
                place.Closed("type", "decoders");
                return new DecoderSequence([.. place.Required("decoders").Items().Select(Read)]);
            case "ByteLevel":
                // Its settings belong to the pre-tokenizer of the same name; decoding knows none.
                place.Closed("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "ByteFallback":
                place.Closed("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                place.Closed("type");
                return new FuseDecoder();
            case "Strip":
                place.Closed("type", "content", "start", "stop");
                return new StripDecoder(
                    new Rune(place.Required("content").AsCharacter()).ToString(),
                    place.Required("start").AsCount(),
                    place.Required("stop").AsCount()
                );
            case "Replace":
                place.Closed("type", "pattern", "content");
                return new ReplaceDecoder(
                    PatternReader.Read(place.Required("pattern")),
                    place.Required("content").AsString()
                );
            case "Metaspace":
                var mark = new Rune(place.Optional("replacement")?.AsCharacter() ?? '\u2581').ToString();
                return new MetaspaceDecoder(mark, PreTokenizerReader.Scheme(place));
            case "WordPiece":
                place.Closed("type", "prefix", "cleanup");
                return new WordPieceDecoder(place.StringOr("prefix", "##")!, place.BoolOr("cleanup", true));
            case "BPEDecoder":
                place.Closed("type", "suffix");
                return new BpeDecoder(place.StringOr("suffix", "</w>")!);
            case "CTC":
                place.Closed("type", "pad_token", "word_delimiter_token", "cleanup");
                return new CtcDecoder(
                    place.StringOr("pad_token", "<pad>")!,
                    place.StringOr("word_delimiter_token", "|")!,
                    place.BoolOr("cleanup", true)
                );
            default:
                throw type.Fail("a decoder that is known here");
        }
    }
}
