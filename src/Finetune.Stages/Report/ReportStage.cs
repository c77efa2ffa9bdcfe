using System.Text;
using System.Text.Json;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Explorer;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Sections;

namespace Finetune.Stages.Report;

/// <summary>Writes the verdict down. Inputs <c>verdict</c>, <c>predictions.CONTENDER</c>, <c>summary.CONTENDER</c>, <c>log.STAGE</c>, <c>training.STAGE</c>, <c>ledger.split</c>, <c>ledger.render</c>, <c>ledger.tokenize</c>, <c>parity.FORMAT</c>.</summary>
public sealed class ReportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "report";

    /// <inheritdoc/>
    public int Version => 4;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("html", "report.html"), new("json", "report.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<ReportSettings>(context.Step.Settings);
        var facts = FactsReader.Read(context, settings);
        var rows = ExplorerBlock.Read(
            [.. settings.Contenders.Select(c => (c, context.Input($"predictions.{c}")))],
            facts.Verdict
        );
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        await File.WriteAllTextAsync(
            context.Output("html"),
            Page.Write(facts, rows).ToString(),
            utf8,
            cancellationToken
        );
        await File.WriteAllTextAsync(
            context.Output("json"),
            JsonSerializer.Serialize(facts, StageJson.Options) + "\n",
            utf8,
            cancellationToken
        );
    }
}
