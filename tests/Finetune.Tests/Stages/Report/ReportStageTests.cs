using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Finetune.Tests.Stages.Report;

public sealed class ReportStageTests
{
    [Fact]
    public async Task Says_the_verdict_first()
    {
        using var report = await InventedReport.BankingAsync("banking");
        var page = Parse(report);

        Assert.Matches(
            "^Tuned answers [0-9.]+ % of 120 rows right, zero-shot [0-9.]+ %: \\+[0-9.]+ points \\(95 % interval \\+[0-9.]+ to \\+[0-9.]+\\)$",
            Sentence(page)
        );
        Assert.Equal(
            ["Zero-shot", "Few-shot (4)", "Tuned"],
            page.QuerySelectorAll(".tile h2").Select(e => e.TextContent)
        );
        Assert.Contains(
            "1 of 2 requirements not met",
            page.QuerySelector(".badges")!.TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Has_every_part()
    {
        using var report = await InventedReport.BankingAsync();
        var page = Parse(report);

        Assert.Equal(
            [
                "differences",
                "seeds",
                "general",
                "metrics",
                "gates",
                "training",
                "labels",
                "reliability",
                "rows",
                "flips",
                "samples",
                "slices",
                "prompts",
                "data",
                "compute",
                "provenance",
            ],
            page.QuerySelectorAll("main > section").Select(s => s.Id)
        );
        Assert.Equal(4, page.QuerySelectorAll("#training svg[role=img]").Length);
        Assert.Equal(
            ["Tuned", "Seed 1", "Seed 2", "Mean", "Deviation"],
            page.QuerySelectorAll("#seeds table:first-of-type th[scope=col]").Take(5).Select(e => e.TextContent)
        );
        Assert.Contains("it forgot", page.QuerySelector(".badges")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(3, page.QuerySelectorAll("#labels table.confusion").Length);
        Assert.Equal(4, page.QuerySelectorAll("#samples .cards > li").Length);
        Assert.Equal(12, page.QuerySelectorAll("#differences tbody tr th[scope=row]").Length);
        Assert.Contains("Few-shot (4) pays", page.QuerySelector("#prompts")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "train and test share 2 rows",
            page.QuerySelector("#data")!.TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal(6, page.QuerySelectorAll("#provenance svg.steps rect").Length);
        Assert.Equal(8, page.QuerySelectorAll("#provenance svg.steps path").Length);
        Assert.Equal(
            ["0.035", "0.035", "0.035"],
            page.QuerySelectorAll("#prompts tbody tr td:last-child").Select(e => e.TextContent)
        );
        Assert.Contains("Chinchilla", page.QuerySelector("#compute")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_labels_and_wordings_are_drawn_as_a_map()
    {
        using var report = await InventedReport.ManyLabelsAsync("many-labels");
        var page = Parse(report);

        Assert.Equal(2, page.QuerySelectorAll("#labels svg.map").Length);
        Assert.Equal(6, page.QuerySelectorAll("#wordings tbody tr").Length);
        Assert.Equal(
            ["polite"],
            page.QuerySelectorAll("#wordings th[scope=rowgroup]")
                .Where(e => e.TextContent.Contains("never trained on", StringComparison.Ordinal))
                .Select(e => e.FirstChild!.TextContent)
        );
        Assert.Equal(10, page.QuerySelectorAll("#training .cards dd .word").Length);
        Assert.Equal(["warm_up", "instruct"], page.QuerySelectorAll("#training h3").Select(e => e.TextContent));
        Assert.Contains("770 rows in 3 wordings", Sentence(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_that_are_not_there_leave_no_hole()
    {
        var text = InventedAnswers
            .AmongChoices(["a", "b"], 12, 0.5, 1)
            .Select(a => a with { ChoiceLogProbs = null, Stop = "eos" })
            .ToList();
        using var report = await new InventedReport { Require = [], Samples = 0 }
            .With("zero_shot", text)
            .WriteAsync("bare");
        var page = Parse(report);

        Assert.Equal(
            ["metrics", "rows", "prompts", "compute", "provenance"],
            page.QuerySelectorAll("main > section").Select(s => s.Id)
        );
        Assert.StartsWith("Zero-shot answers", Sentence(page), StringComparison.Ordinal);
        Assert.Contains("only 12 test rows", page.QuerySelector(".badges")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", await File.ReadAllTextAsync(report.HtmlPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_user_wrote_stays_text()
    {
        const string Evil = "<script>alert(\"1\")</script>&amp;'</title><img src=x onerror=alert(1)>\u0001";
        var zero = InventedAnswers.AmongChoices([Evil, Evil + "2"], 40, 0.3, 1, [Evil], message: _ => Evil);
        var tuned = InventedAnswers.AmongChoices([Evil, Evil + "2"], 40, 0.9, 2, [Evil], message: _ => Evil);
        using var report = new InventedReport { Name = Evil }
            .With("zero_shot", zero)
            .With("tuned", tuned)
            .WithTraining("instruct", 20)
            .WithData(1, Evil);
        report.Bench.Facts["log.instruct"]["device"] = Evil;
        await report.WriteAsync("evil");
        var page = Parse(report);

        Assert.Empty(page.QuerySelectorAll("img, iframe, object, embed, form"));
        Assert.All(
            page.All,
            e => Assert.DoesNotContain(e.Attributes, a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase))
        );
        Assert.All(page.All, e => Assert.False(e.HasAttribute("style")));
        Assert.Equal(5, page.QuerySelectorAll("script").Length);
        Assert.Matches("^[A-Za-z0-9+/]+=*$", page.QuerySelector("#rows-data")!.TextContent);
        Assert.StartsWith(Evil[..20], page.Title!, StringComparison.Ordinal);
        var shown = Evil.Replace('\u0001', '\u2401');
        Assert.Contains(shown, page.QuerySelector("#samples pre")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(shown, page.QuerySelector("#labels tbody th")!.TextContent);
        Assert.Contains(shown, page.QuerySelector("#compute")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetches_nothing_and_names_what_it_shows()
    {
        using var report = await InventedReport.BankingAsync();
        var page = Parse(report);

        var policy = page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!;
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.All(
            page.QuerySelectorAll("script:not([type])"),
            script =>
                Assert.Contains(
                    $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.TextContent)))}'",
                    policy,
                    StringComparison.Ordinal
                )
        );
        Assert.All(
            page.QuerySelectorAll("[src], [href]"),
            e => Assert.Matches("^(#|data:)", e.GetAttribute("href") ?? e.GetAttribute("src")!)
        );
        Assert.All(
            page.QuerySelectorAll("a[href^='#']"),
            e => Assert.NotNull(page.GetElementById(e.GetAttribute("href")![1..]))
        );
        Assert.All(
            page.QuerySelectorAll("svg"),
            e => Assert.True(e.HasAttribute("aria-label") || e.GetAttribute("aria-hidden") == "true")
        );
        Assert.All(page.QuerySelectorAll("th"), e => Assert.True(e.HasAttribute("scope")));
        Assert.All(
            page.QuerySelectorAll(".scroll"),
            e => Assert.True(e.HasAttribute("aria-label") && e.HasAttribute("tabindex"))
        );
        var ids = page.All.Where(e => !string.IsNullOrEmpty(e.Id)).Select(e => e.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Single(page.QuerySelectorAll("h1"));
        Assert.Single(page.QuerySelectorAll("main"));
        Assert.NotNull(page.QuerySelector("header, nav[aria-label], footer"));
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Has_the_same_facts_for_programs()
    {
        using var report = await InventedReport.BankingAsync();
        var facts = JsonNode.Parse(await File.ReadAllTextAsync(report.JsonPath))!;

        Assert.Equal(Sentence(Parse(report)), (string?)facts["sentence"]);
        Assert.Equal(120, (int)facts["verdict"]!["rows"]!);
        Assert.Equal(2, facts["gates"]!.AsArray().Count);
        Assert.Equal(10, facts["trainings"]![0]!["curve"]!["validations"]!.AsArray().Count);
        Assert.Equal("train.instruct", (string?)facts["steps"]![1]!["step"]);
    }

    [Fact]
    public async Task Stays_small_for_many_rows()
    {
        using var report = await InventedReport.ManyRowsAsync("many-rows");

        Assert.InRange(new FileInfo(report.HtmlPath).Length, 1, 3_000_000);
    }

    private static string Sentence(IHtmlDocument page) => page.QuerySelector("h1")!.TextContent.Replace('\u00a0', ' ');

    private static IHtmlDocument Parse(InventedReport report)
    {
        var parser = new HtmlParser(new HtmlParserOptions { IsStrictMode = false });
        return parser.ParseDocument(File.ReadAllText(report.HtmlPath));
    }
}
