namespace Finetune.Stages.Gates;

/// <summary>An expression that is no requirement.</summary>
public sealed class RequirementException : Exception
{
    /// <summary>What was found and wanted, and where.</summary>
    public RequirementException(string message, int offset, int length)
        : base(message)
    {
        Offset = offset;
        Length = length;
    }

    /// <summary>0-based offset of the fault in the expression.</summary>
    public int Offset { get; }

    /// <summary>Characters at fault, at least 1.</summary>
    public int Length { get; }
}
