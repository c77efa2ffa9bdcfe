using System.Globalization;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Exported models: whether they answer as the trained one does.</summary>
internal static class ExportSection
{
    public static Markup Write(ReportFacts facts) =>
        facts.Exports.Count == 0
            ? Markup.Empty
            : Markup.Of(
                $"""<p>Each exported model was read back and asked the first test prompts again.</p><table><thead><tr><th>Format</th><th>Numbers</th><th class="number">Same answers</th><th class="number">Same tokens</th><th class="number">Gap of a token's log-probability</th></tr></thead><tbody>{facts.Exports.Select(Row)}</tbody></table>"""
            );

    private static Markup Row(ParityRecord parity) =>
        Markup.Of(
            $"""<tr><th scope="row">{parity.Format}</th><td>{Numbers(parity)}</td><td class="number">{Share(parity.EqualPrompts, parity.Prompts)}</td><td class="number">{Share(parity.EqualTokens, parity.Tokens)}</td><td class="number">{parity.LogProbGap.ToString("0.0e0", CultureInfo.InvariantCulture)}</td></tr>"""
        );

    private static string Numbers(ParityRecord parity) =>
        $"{parity.Type ?? "as trained"}{(parity.Lossless ? "" : ", rounded")}";

    private static string Share(int part, int whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{part} of {whole}");
}
