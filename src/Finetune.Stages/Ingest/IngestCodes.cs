namespace Finetune.Stages.Ingest;

/// <summary>Codes of what can be wrong with a source.</summary>
internal static class IngestCodes
{
    public const string NoHeader = "FT2201";
    public const string EmptyColumnName = "FT2202";
    public const string DuplicateColumn = "FT2203";
    public const string UnknownColumn = "FT2204";
    public const string ColumnCollision = "FT2205";
    public const string OtherColumns = "FT2206";
    public const string FieldCount = "FT2207";
    public const string Quote = "FT2208";
    public const string NotUtf8 = "FT2209";
    public const string NotJson = "FT2210";
    public const string NotAnObject = "FT2211";
    public const string DuplicateKey = "FT2212";
    public const string NoRows = "FT2213";
}
