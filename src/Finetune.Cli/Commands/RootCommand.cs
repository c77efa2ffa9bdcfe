using System.Reflection;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>What stands before the verb.</summary>
[Command(
    Description = "Turns labelled rows into a specialised instruct model and a verdict on it.",
    ExtendedHelpText = "\nExit codes: 0 ok, 1 usage, 2 invalid pipeline, 3 step failed, 4 gate not met, 5 environment, 6 lock,\n7 cache damaged, 8 something would run (status --check), 130 SIGINT, 143 SIGTERM.\n"
)]
[VersionOptionFromMember("--version", MemberName = nameof(Version))]
internal sealed class RootCommand
{
    /// <summary>The version of this build.</summary>
    public static string Version =>
        typeof(RootCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
