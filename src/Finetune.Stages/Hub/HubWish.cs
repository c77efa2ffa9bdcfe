namespace Finetune.Stages.Hub;

/// <summary>Which files of a repository are wanted.</summary>
public enum HubPart
{
    /// <summary>A model: configuration, weights as safetensors, tokenizer, chat template.</summary>
    Model,

    /// <summary>A tokenizer and the small files beside it.</summary>
    Tokenizer,

    /// <summary>An adapter in PEFT's format.</summary>
    Adapter,

    /// <summary>Tables.</summary>
    Tables,
}

/// <summary>Something that a document or a command takes from the Hub.</summary>
/// <param name="Reference">The repository.</param>
/// <param name="Part">Which of its files.</param>
/// <param name="Tables">Of a dataset: which tables.</param>
public sealed record HubWish(HubReference Reference, HubPart Part, HubTables? Tables = null)
{
    /// <summary>The name it has in the lock file: for tables their choice is part of it, since other tables of the same
    /// dataset may not have been fetched.</summary>
    public string LockName => Tables?.Words is { Length: > 0 } words ? $"{Reference.Name} {words}" : Reference.Name;
}
