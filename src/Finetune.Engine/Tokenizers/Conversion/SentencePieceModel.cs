namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>What a piece of a sentencepiece model is; the numbers are the file's.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One entry of a sentencepiece vocabulary; its place is its id.</summary>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);

/// <summary>
/// A sentencepiece model file (<c>tokenizer.model</c>, <c>spiece.model</c>): the fields of sentencepiece_model.proto
/// that change ids.
/// </summary>
internal sealed class SentencePieceModel
{
    public const int Unigram = 1;
    public const int Bpe = 2;

    private SentencePieceModel() { }

    public List<Piece> Pieces { get; } = [];

    public int Algorithm { get; private set; } = Unigram;

    public bool ByteFallback { get; private set; }

    public bool SpaceAsSuffix { get; private set; }

    public int UnknownId { get; private set; }

    public string UnknownPiece { get; private set; } = "<unk>";

    public byte[] Charsmap { get; private set; } = [];

    public bool AddDummyPrefix { get; private set; } = true;

    public bool RemoveExtraSpaces { get; private set; } = true;

    public bool EscapeSpaces { get; private set; } = true;

    /// <exception cref="ModelFileException">The file is none.</exception>
    public static SentencePieceModel Read(string path)
    {
        var model = new SentencePieceModel();
        try
        {
            var fields = new ProtoFields(File.ReadAllBytes(path));
            while (fields.Next())
            {
                switch (fields.Number)
                {
                    case 1:
                        model.Pieces.Add(ReadPiece(fields.Bytes));
                        break;
                    case 2:
                        model.ReadTrainer(fields.Bytes);
                        break;
                    case 3:
                        model.ReadNormalizer(fields.Bytes);
                        break;
                }
            }
        }
        catch (FormatException error)
        {
            throw new ModelFileException(path, null, error.Message, "a sentencepiece model");
        }

        return model.Pieces.Count > 0
            ? model
            : throw new ModelFileException(path, "pieces", "none", "a sentencepiece model with a vocabulary");
    }

    private static Piece ReadPiece(ReadOnlySpan<byte> message)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 1:
                    text = fields.Text;
                    break;
                case 2:
                    score = fields.Float;
                    break;
                case 3:
                    kind = (PieceKind)fields.Value;
                    break;
            }
        }

        return float.IsFinite(score)
            ? new Piece(text, score, kind)
            : throw new FormatException($"a score of \"{text}\" that is no number");
    }

    private void ReadTrainer(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 3:
                    Algorithm = (int)fields.Value;
                    break;
                case 24:
                    SpaceAsSuffix = fields.Value != 0;
                    break;
                case 35:
                    ByteFallback = fields.Value != 0;
                    break;
                case 40:
                    UnknownId = (int)fields.Value;
                    break;
                case 45:
                    UnknownPiece = fields.Text;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case 2:
                    Charsmap = fields.Bytes.ToArray();
                    break;
                case 3:
                    AddDummyPrefix = fields.Value != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = fields.Value != 0;
                    break;
                case 5:
                    EscapeSpaces = fields.Value != 0;
                    break;
            }
        }
    }
}
