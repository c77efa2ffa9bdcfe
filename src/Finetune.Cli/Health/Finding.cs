namespace Finetune.Cli.Health;

/// <summary>One line of the doctor's answer.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Holds">Whether it is as the tool needs it.</param>
/// <param name="Text">What was found.</param>
/// <param name="Cure">What to do where it does not hold.</param>
internal sealed record Finding(string Name, bool Holds, string Text, string? Cure = null);
