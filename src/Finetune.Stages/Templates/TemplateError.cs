namespace Finetune.Stages.Templates;

/// <summary>What is wrong with a template, with its place in the template's text.</summary>
/// <param name="Message">What was found and what was wanted.</param>
/// <param name="Line">1-based line in the text.</param>
/// <param name="Column">1-based column in UTF-16 units.</param>
/// <param name="Length">Columns to underline, at least 1.</param>
/// <param name="Cure">What to do about it.</param>
public sealed record TemplateError(string Message, int Line, int Column, int Length = 1, string? Cure = null);
