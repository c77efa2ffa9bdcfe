using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Requirements, met or not.</summary>
internal static class GateSection
{
    public static Markup Write(ReportFacts facts) =>
        facts.Gates.Count == 0 ? Markup.Empty : Markup.Of($"""<ul class="gates">{facts.Gates.Select(Item)}</ul>""");

    private static Markup Item(GateFact gate) =>
        Markup.Of(
            $"""<li class="{(gate.Holds ? "good" : "bad")}"><span class="word {(gate.Holds ? "good" : "bad")}"><span aria-hidden="true">{(gate.Holds ? "✓" : "✗")}</span> {(gate.Holds ? "met" : "not met")}</span> <code>{gate.Expression}</code><br><span class="dim">{gate.Explanation}</span></li>"""
        );
}
