namespace Finetune.Stages.Templates;

/// <summary>A template that cannot be read, or that fails on a row.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>All that is wrong, in text order; at least one.</summary>
    public TemplateException(IReadOnlyList<TemplateError> errors)
        : base(string.Join("; ", errors.Select(e => e.Message)))
    {
        Errors = errors;
    }

    /// <summary>All that is wrong, in text order.</summary>
    public IReadOnlyList<TemplateError> Errors { get; }
}
