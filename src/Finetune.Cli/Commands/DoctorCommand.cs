using System.Globalization;
using Finetune.Cli.Health;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Engine.Measuring;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Compilation.Models;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Looks whether this machine has what training needs.</summary>
[Command("doctor", Description = "Check what the tool needs of this machine; --measure finds the faster precision.")]
internal sealed class DoctorCommand : ToolCommand
{
    [Option("--measure", "Time fp32 against bf16 and keep the result for 'precision: auto'", CommandOptionType.NoValue)]
    public bool Measure { get; set; }

    [Option("--cache <DIR>", "The store; FINETUNE_HOME or ./.finetune by default", CommandOptionType.SingleValue)]
    public string? Cache { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var store = StorePlace.Of(Cache, surroundings, Environment.CurrentDirectory);
        var findings = Machine.Check(store).Append(TensorLibrary.Check()).ToList();
        if (Measure && findings.TrueForAll(finding => finding.Holds))
        {
            var speed = MatrixSpeed.Measure(surroundings.Clock);
            MachineFile.Write(store, speed);
            findings.Add(new("measured", true, Describe(speed)));
        }

        findings.Add(new("precision: auto", true, Chosen(store)));
        findings.Add(new("device: auto", true, UsualDevice.Here(surroundings.Variable)));
        foreach (var finding in findings)
        {
            surroundings.Out.WriteLine($"{(finding.Holds ? "ok  " : "FAIL")} {finding.Name}: {finding.Text}");
            if (!finding.Holds && finding.Cure is not null)
            {
                surroundings.Out.WriteLine($"     cure: {finding.Cure}");
            }
        }

        return Task.FromResult(
            (int)(findings.TrueForAll(finding => finding.Holds) ? ExitCode.Ok : ExitCode.Environment)
        );
    }

    private static string Chosen(string store) =>
        PrecisionRecord.Resolve("auto", store)
        + (File.Exists(MachineFile.In(store)) ? $" ({MachineFile.In(store)})" : " (nothing measured; --measure does)");

    private static string Describe(MatrixSpeed speed) =>
        string.Create(CultureInfo.InvariantCulture, $"fp32 {speed.Fp32:0} GFLOP/s, bf16 {speed.Bf16:0} GFLOP/s");
}
