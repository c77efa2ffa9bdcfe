using Finetune.Engine.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Where parameters are made, and in which numbers. The meta device makes shapes without values.</summary>
/// <param name="Type">Number format.</param>
/// <param name="Device">Device.</param>
public sealed record Placement(ScalarType Type, Device Device)
{
    /// <summary>How linear layers hold their weights.</summary>
    public WeightFormat Format { get; init; }

    /// <summary>The same place for what is never quantised: heads and routers.</summary>
    internal Placement Whole => this with { Format = WeightFormat.Whole };

    /// <summary>A parameter with no values yet, outside all dispose scopes: it lives as long as its module.</summary>
    internal Parameter New(params long[] shape) => Keep(nn.Parameter(empty(shape, Type, Device)));

    /// <summary>Takes a parameter out of the scope it was made in.</summary>
    internal static Parameter Keep(Parameter parameter)
    {
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
