namespace Finetune.Cli.Starters;

/// <summary>Asks a person on a terminal; without one every question takes its default.</summary>
/// <param name="ask">Writes a question and reads the answer; null where nobody can be asked.</param>
internal sealed class Questions(Func<string, string?>? ask)
{
    /// <summary>The answer, or the default where there is none.</summary>
    public string Text(string question, string byDefault) =>
        ask?.Invoke($"{question} [{byDefault}]: ")?.Trim() is { Length: > 0 } answer ? answer : byDefault;

    /// <summary>Yes or no.</summary>
    public bool Confirm(string question, bool byDefault) =>
        ask?.Invoke($"{question} [{(byDefault ? "Y/n" : "y/N")}]: ")?.Trim() is { Length: > 0 } answer
            ? answer[0] is 'y' or 'Y'
            : byDefault;
}
