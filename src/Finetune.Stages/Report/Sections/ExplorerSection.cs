using Finetune.Stages.Report.Explorer;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Every test row to search and filter; its list is filled by <c>explorer.js</c>.</summary>
internal static class ExplorerSection
{
    public static Markup Write(ExplorerBlock block) =>
        block.Shown == 0
            ? Markup.Empty
            : Markup.Of(
                $"""
                <p class="lead">{Lead(block)}</p>
                <p class="needs-script">Searching needs a browser that runs this file's own script; the samples further down do not.</p>
                <div class="explorer" hidden>
                <div class="filters">
                <p class="search"><label for="rows-search">Search prompts and answers</label><input id="rows-search" type="search" autocomplete="off" spellcheck="false"></p>
                <p><label for="rows-outcome">Answers</label><select id="rows-outcome"></select></p>
                <p><label for="rows-label">Right answer</label><select id="rows-label"></select></p>
                <p><label for="rows-part">Part</label><select id="rows-part"></select></p>
                <p><label for="rows-template">Wording</label><select id="rows-template"></select></p>
                </div>
                <p class="found"><span id="rows-found" role="status"></span> <button id="rows-confusion" type="button" hidden></button> <button id="rows-all" type="button" hidden>Show all</button></p>
                <ol id="rows-list" class="cards"></ol>
                <p><button id="rows-more" type="button" hidden></button></p>
                </div>
                <script type="text/plain" id="rows-data">{block.Text}</script>

                """
            );

    private static string Lead(ExplorerBlock block) =>
        block.Shown == block.All
            ? $"All {Figures.Plural(block.All, "answer")} of the test, with the prompts as they were sent, what each contender held likely, and where the right answer surprised it."
            : $"{Figures.Count(block.Shown)} of {Figures.Plural(block.All, "answer")} of the test, so that this file stays small: those that changed first, others spread evenly. All of them are in the steps' predictions.jsonl.";
}
