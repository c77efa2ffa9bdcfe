using System.Diagnostics;

namespace Finetune.Cli.Invocation;

/// <summary>Which native tensor libraries this process has loaded; what should be quick loads none.</summary>
internal static class LoadedModules
{
    /// <summary>One line: <c>tensor libraries loaded: none</c>, or their names.</summary>
    public static void Say(TextWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        var names = process
            .Modules.Cast<ProcessModule>()
            .Select(module => module.ModuleName)
            .Where(name =>
                name.Contains("torch", StringComparison.OrdinalIgnoreCase)
                    && !name.EndsWith(".dll", StringComparison.Ordinal)
                || name.StartsWith("torch_", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal)
            .ToList();
        writer.WriteLine($"tensor libraries loaded: {(names.Count == 0 ? "none" : string.Join(' ', names))}");
    }
}
