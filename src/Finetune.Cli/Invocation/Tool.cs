using Finetune.Cli.Hub;
using Finetune.Cli.Output;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;
using McMaster.Extensions.CommandLineUtils.Abstractions;

namespace Finetune.Cli.Invocation;

/// <summary>From arguments to exit code; nothing escapes it.</summary>
internal static class Tool
{
    /// <summary>Parses and runs; says every failure in a form that a person can act on.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings)
    {
        using var signals = new Signals(surroundings.Error.WriteLine);
        ToolCommand? command = null;
        try
        {
            using var app = CommandTable.Parser(args);
            var selected = app.Parse(args).SelectedCommand;
            if (selected.IsShowingInformation)
            {
                return (int)ExitCode.Ok;
            }

            command = (selected as IModelAccessor)?.GetModel() as ToolCommand;
            if (command is null)
            {
                app.ShowHelp();
                return (int)ExitCode.Usage;
            }

            Validate(selected);
            _ = command.Verbosity;
            HubModels.Use(surroundings, command, signals.Token);
            return await command.RunAsync(surroundings, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Received is { } received)
        {
            return (int)received;
        }
        catch (Exception e)
        {
            return (int)Failures.Say(e, surroundings, IsDiagnostic(command));
        }
        finally
        {
            await surroundings.Out.FlushAsync();
            if (IsDiagnostic(command))
            {
                LoadedModules.Say(surroundings.Error);
            }
        }
    }

    private static bool IsDiagnostic(ToolCommand? command) => command?.VerbosityText is "diag" or "diagnostic";

    private static void Validate(CommandLineApplication selected)
    {
        if (selected.GetValidationResult() is { ErrorMessage: { } message })
        {
            throw new UsageException(message);
        }
    }
}
