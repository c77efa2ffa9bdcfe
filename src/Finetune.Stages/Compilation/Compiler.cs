using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Checks;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Planning;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation;

/// <summary>Document → plan.</summary>
public static class Compiler
{
    /// <summary>Binds, checks and plans a document. Reads headers and configurations, no tensor, and writes nothing.</summary>
    /// <exception cref="PipelineException">Exit code 2, with every fault in document order.</exception>
    public static CompiledPipeline Compile(PipelineDocument document, CompileOptions options)
    {
        var findings = new Findings();
        var settings = PipelineBinder.Bind(document.Root, findings);
        var context = new CheckContext(document, settings, new Places(document.Root), findings)
        {
            Hub = new HubShelf(
                new HubCache(options.HubCache),
                HubLock.In(Path.GetDirectoryName(Path.GetFullPath(document.Path))!)
            ),
        };

        var tables = SourceChecks.Check(context);
        var splits = SplitChecks.Check(context, tables);
        var general = GeneralChecks.Check(context, tables);
        var templates = TemplateChecks.Check(context, splits.Columns, general);
        var model = ModelChecks.Check(context, options.ModelTypes);
        ConversationChecks.Check(context, model);
        TrainingChecks.Check(context, splits, model);
        StageAdapterChecks.Check(context);
        AdapterLayerChecks.Check(context, model);
        TrainingOptionChecks.Check(context, model);
        PreferenceChecks.Check(context);
        var contenders = EvaluationChecks.Check(context, splits, general);
        var others = ContenderChecks.Check(context, contenders, model, options.ModelTypes);
        SeedChecks.Check(context, contenders);
        ExportChecks.Check(context, model);
        var require = RequireChecks.Check(context, contenders, options.Require);
        UseChecks.Check(context);
        if (findings.HasErrors)
        {
            throw new PipelineException(findings.Errors, ExitCode.InvalidPipeline);
        }

        var device = DeviceChoice.Resolve(options.Device ?? settings.Model.Device, options.UsualDevice);
        var checkedPipeline = new CheckedPipeline(
            context,
            tables,
            splits,
            templates,
            model!,
            contenders,
            PrecisionRecord.Resolve(settings.Model.Precision, options.StoreRoot, device),
            device,
            options
        )
        {
            OtherModels = others,
        };
        return PlanBuilder.Build(checkedPipeline, require);
    }
}
