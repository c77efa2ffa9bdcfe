using Finetune.Graph.Planning;
using Finetune.Stages.Evaluate;
using Finetune.Stages.Export;
using Finetune.Stages.Ingest;
using Finetune.Stages.Prefix;
using Finetune.Stages.Reference;
using Finetune.Stages.Render;
using Finetune.Stages.Report;
using Finetune.Stages.Split;
using Finetune.Stages.Tokenize;
using Finetune.Stages.Train;
using Finetune.Stages.Verdict;

namespace Finetune.Stages;

/// <summary>The one list of stages. A new stage is a folder and a line here.</summary>
public static class BuiltInStages
{
    /// <summary>Every stage, in the order in which a pipeline meets them.</summary>
    public static IReadOnlyList<IStage> All { get; } =
    [
        new IngestStage(),
        new SplitStage(),
        new RenderStage(),
        new TokenizeStage(),
        new ReferenceStage(),
        new PrefixStage(),
        new TrainStage(),
        new EvaluateStage(),
        new VerdictStage(),
        new ReportStage(),
        new ExportStage(),
    ];

    /// <summary>The stage of that kind.</summary>
    public static IStage Of(string kind) => All.Single(s => string.Equals(s.Kind, kind, StringComparison.Ordinal));
}
