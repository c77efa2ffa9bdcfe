namespace Finetune.Stages.Ingest;

/// <summary>Codes of what can be wrong with a source.</summary>
internal static class IngestCodes
{
    public const string NoHeader = "FT2401";
    public const string EmptyColumnName = "FT2402";
    public const string DuplicateColumn = "FT2403";
    public const string UnknownColumn = "FT2404";
    public const string ColumnCollision = "FT2405";
    public const string OtherColumns = "FT2406";
    public const string FieldCount = "FT2407";
    public const string Quote = "FT2408";
    public const string NotUtf8 = "FT2409";
    public const string NotJson = "FT2410";
    public const string NotAnObject = "FT2411";
    public const string DuplicateKey = "FT2412";
    public const string NoRows = "FT2413";
    public const string NotParquet = "FT2414";
}
