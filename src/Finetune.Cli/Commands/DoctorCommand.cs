using System.Globalization;
using Finetune.Cli.Health;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Measuring;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Looks whether this machine has what training needs.</summary>
[Command("doctor", Description = "Check what the tool needs of this machine; --measure finds the faster precision.")]
internal sealed class DoctorCommand : ToolCommand
{
    [Option("--measure", "Time fp32 against bf16 and keep the result for 'precision: auto'", CommandOptionType.NoValue)]
    public bool Measure { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var store = surroundings.Variable("FINETUNE_HOME") ?? Path.GetFullPath(".finetune");
        var findings = Machine.Check(store).Append(TensorLibrary.Check()).ToList();
        var machineFile = MachineFile.PathFor(surroundings.Variable);
        if (Measure && findings.TrueForAll(finding => finding.Holds))
        {
            var speed = MatrixSpeed.Measure(surroundings.Clock);
            MachineFile.Write(machineFile, speed);
            findings.Add(new("measured", true, Describe(speed)));
        }

        findings.Add(
            new(
                "precision: auto",
                true,
                MachineFile.FasterPrecision(machineFile)
                    + (File.Exists(machineFile) ? $" ({machineFile})" : " (nothing measured; --measure does)")
            )
        );
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

    private static string Describe(MatrixSpeed speed) =>
        string.Create(CultureInfo.InvariantCulture, $"fp32 {speed.Fp32:0} GFLOP/s, bf16 {speed.Bf16:0} GFLOP/s");
}
