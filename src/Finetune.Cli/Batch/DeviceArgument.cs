using Finetune.Cli.Health;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Native;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Answering;
using Finetune.Stages.Compilation.Models;

namespace Finetune.Cli.Batch;

/// <summary>What <c>--device</c> says.</summary>
internal static class DeviceArgument
{
    /// <summary>The option's description.</summary>
    public const string Description = "cpu, cuda, cuda:N or mps; by default cuda where it is to be had, else cpu";

    /// <summary>The option's description, where a document names a device too.</summary>
    public const string BesideDocument = "Where to compute, in place of model.device: auto, cpu, cuda, cuda:N or mps";

    /// <summary>The text, once it names a device; null stays null.</summary>
    /// <exception cref="UsageException">It names none.</exception>
    public static string? Checked(string? written) =>
        written is null || DeviceChoice.IsWord(written)
            ? written
            : throw new UsageException($"'{written}' is no device", "auto, cpu, cuda, cuda:0 or mps");

    /// <summary>The device.</summary>
    /// <exception cref="UsageException">The text names none.</exception>
    /// <exception cref="PipelineException">It is not here; exit code 5.</exception>
    public static ComputeDevice Of(string? written, Surroundings surroundings) =>
        Here(DeviceChoice.Resolve(Checked(written) ?? DeviceChoice.Auto, UsualDevice.Here(surroundings.Variable)));

    /// <summary>The device of that name.</summary>
    /// <exception cref="PipelineException">It is not here; exit code 5.</exception>
    public static ComputeDevice Here(string name)
    {
        try
        {
            return ComputeDevice.Of(name);
        }
        catch (DeviceException e)
        {
            throw new PipelineException(EngineErrors.Diagnose(e), ExitCode.Environment);
        }
    }
}
