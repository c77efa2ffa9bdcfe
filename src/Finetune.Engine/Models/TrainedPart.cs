using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Finetune.Engine.Models;

/// <summary>A parameter of the base that is trained, and saved, with an adapter.</summary>
/// <param name="Name">Its name in the adapter's file, without the prefix.</param>
/// <param name="Parameter">The parameter, in the adapter's values.</param>
/// <param name="Original">The base's own values, which come back when the adapter is taken off; null for a bias, which
/// PEFT does not bring back.</param>
public sealed record TrainedPart(string Name, Parameter Parameter, Tensor? Original);
