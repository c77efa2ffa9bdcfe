namespace Finetune.Engine.Quantization;

/// <summary>How the weights of a model's linear layers are held in memory.</summary>
public enum WeightFormat
{
    /// <summary>As numbers of the model's precision.</summary>
    Whole,

    /// <summary>NF4, frozen: 4.5 bits a weight.</summary>
    NormalFloat,

    /// <summary>NF4 whose absmax are quantised as well, frozen: 4.13 bits a weight.</summary>
    DoubleNormalFloat,
}
