namespace Finetune.Engine.Tokenizers;

/// <summary>How a prompt and its completion are tokenized.</summary>
public enum Boundary
{
    /// <summary>Prompt + completion as one text; the prompt's tokens must be its prefix.</summary>
    Together,

    /// <summary>The two apart, their tokens joined.</summary>
    Split,

    /// <summary>The prompt is all that an encoder reads, the completion what its decoder writes: two texts.</summary>
    Source,
}
