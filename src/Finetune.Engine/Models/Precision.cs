namespace Finetune.Engine.Models;

/// <summary>The numbers that a model computes in.</summary>
public enum Precision
{
    Float32,
    BFloat16,
}
