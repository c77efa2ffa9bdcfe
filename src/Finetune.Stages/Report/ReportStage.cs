using System.Text;
using System.Text.Json;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Sections;

namespace Finetune.Stages.Report;

/// <summary>Writes the verdict down. Inputs <c>verdict</c>, <c>predictions.CONTENDER</c>, <c>summary.CONTENDER</c>, <c>log.STAGE</c>, <c>training.STAGE</c>, <c>ledger.split</c>, <c>ledger.render</c>, <c>ledger.tokenize</c>, <c>parity.FORMAT</c>.</summary>
public sealed class ReportStage : IStage
{
    /// <inheritdoc/>
    public string Kind => "report";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } = [new("html", "report.html"), new("json", "report.json")];

    /// <inheritdoc/>
    public bool Heavy => false;

    /// <inheritdoc/>
    public async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var facts = FactsReader.Read(context, StageJson.FromJson<ReportSettings>(context.Step.Settings));
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        await File.WriteAllTextAsync(context.Output("html"), Page.Write(facts).ToString(), utf8, cancellationToken);
        await File.WriteAllTextAsync(
            context.Output("json"),
            JsonSerializer.Serialize(facts, StageJson.Options) + "\n",
            utf8,
            cancellationToken
        );
    }
}
