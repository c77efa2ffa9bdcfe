using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Finetune.Tests.Stages.Report;

/// <summary>The report as a person uses it. With <c>FINETUNE_KEEP_REPORTS</c> set to a folder, pictures stay there;
/// with <c>FINETUNE_LOOK_AT</c> set to a report of one's own, that one is clicked through.</summary>
public sealed class BrowserTests
{
    // Elements wider than the page.
    private const string Wide = """
        () => [...document.querySelectorAll('body *')]
          .filter(e => !e.closest('.scroll, nav ul, svg, .sr, .skip, .uplot') && e.getBoundingClientRect().right > innerWidth + 0.5)
          .map(e => e.tagName + '.' + e.className)
        """;

    // Everything that is folded; of the rows, which are alike, one.
    private const string Open = """
        () => document.querySelectorAll('details:not(#rows-list > li + li details)').forEach(d => d.open = true)
        """;

    [SkippableTheory]
    [InlineData("banking")]
    [InlineData("many-labels")]
    [InlineData("free-text")]
    public async Task Draws_without_complaint_or_request(string kind)
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await Invented(kind);
        await using var browser = await Browser.StartAsync();

        foreach (var (width, dark) in new[] { (360, true), (360, false), (1280, true), (1280, false) })
        {
            var page = await browser.OpenAsync(report.HtmlPath, width, dark);
            await Assertions.Expect(page.Locator("#rows-found")).ToContainTextAsync("answers");
            await KeepAsync(page, $"{kind}-{width}-{(dark ? "dark" : "light")}.png");

            Assert.Equal(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
            Assert.Empty(await page.EvaluateAsync<string[]>(Wide));
            Assert.Equal(
                dark ? "rgb(16, 20, 23)" : "rgb(244, 245, 243)",
                await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor")
            );
            Assert.Equal(
                await page.Locator("figure[data-chart]").CountAsync(),
                await page.Locator("figure.live canvas").CountAsync()
            );
            if (width == 360 == dark)
            {
                await page.EvaluateAsync(Open);
                await page.Locator("#rows-list .sides").First.WaitForAsync();
                Assert.Equal("", string.Join("\n", await Violations(page)));
            }

            await page.Context.CloseAsync();
        }

        Quiet(browser, report.HtmlPath);
    }

    [SkippableFact]
    public async Task Is_read_without_scripts_and_on_paper()
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await InventedReport.BankingAsync();
        await using var browser = await Browser.StartAsync();

        var plain = await browser.OpenAsync(report.HtmlPath, 1280, scripts: false);
        await Assertions.Expect(plain.Locator("#rows .explorer")).ToBeHiddenAsync();
        await Assertions.Expect(plain.Locator(".needs-script")).ToBeVisibleAsync();
        Assert.Equal(4, await plain.Locator("#training svg[role=img]").CountAsync());
        await Assertions.Expect(plain.Locator("#training svg[role=img]").First).ToBeVisibleAsync();
        var panels = plain.Locator("#labels .panel");
        await plain.GetByText("Zero-shot", new() { Exact = true }).And(plain.Locator("label")).ClickAsync();
        await Assertions.Expect(panels.Nth(0)).ToBeHiddenAsync();

        var printed = await browser.OpenAsync(report.HtmlPath, 1280);
        await Assertions.Expect(printed.Locator("figure.live")).ToHaveCountAsync(4);
        await printed.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Assertions.Expect(printed.Locator("#training svg[role=img]").First).ToBeVisibleAsync();
        await Assertions.Expect(printed.Locator(".uplot").First).ToBeHiddenAsync();
        await Assertions.Expect(printed.Locator("nav")).ToBeHiddenAsync();
        Assert.NotEmpty(await printed.PdfAsync());
        Quiet(browser, report.HtmlPath);
    }

    [SkippableFact]
    public async Task Rows_are_searched_filtered_and_opened()
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await InventedReport.BankingAsync();
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(report.HtmlPath, 1280);
        var (found, cards) = (page.Locator("#rows-found"), page.Locator("#rows-list > li"));

        await Assertions.Expect(found).ToHaveTextAsync("120 answers of 120");
        await Assertions.Expect(cards).ToHaveCountAsync(10);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show 10 more" }).ClickAsync();
        await Assertions.Expect(cards).ToHaveCountAsync(20);

        await page.GetByLabel("Search prompts and answers").FillAsync("WALLET block");
        await Assertions.Expect(found).ToHaveTextAsync("30 answers of 120");
        Assert.All(
            await cards.AllTextContentsAsync(),
            text => Assert.Contains("wallet", text, StringComparison.Ordinal)
        );

        await page.GetByLabel("Right answer", new() { Exact = true })
            .SelectOptionAsync(new SelectOptionValue { Label = "card_not_working (20)" });
        var both = Number(await found.TextContentAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Show all" }).ClickAsync();
        await Assertions.Expect(found).ToHaveTextAsync("120 answers of 120");
        Assert.InRange(both, 1, 29);

        await page.GetByLabel("Answers", new() { Exact = true })
            .SelectOptionAsync(new SelectOptionValue { Label = "fixed: Tuned right, Zero-shot wrong" });
        var pair = Assert.Single(
            System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(report.JsonPath))!["flips"]!.AsArray(),
            flip => (string?)flip!["first"] == "zero_shot"
        )!;
        Assert.Equal((int)pair["fixed"]!, Number(await found.TextContentAsync()));

        await page.GetByLabel("Part", new() { Exact = true }).SelectOptionAsync("phone");
        var phone = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(report.JsonPath))!["verdict"]![
            "slices"
        ]![0]!["groups"]!
            .AsArray()
            .Single(group => (string?)group!["name"] == "phone")!;
        Assert.Equal((int)phone["pair"]!["fixed"]!, Number(await found.TextContentAsync()));

        var card = cards.First;
        await card.GetByText("As sent, probabilities, tokens").ClickAsync();
        await Assertions.Expect(card.Locator(".sides > div")).ToHaveCountAsync(3);
        await Assertions.Expect(card.Locator(".sides > div").Nth(1)).ToContainTextAsync("Example: lost_card");
        Assert.StartsWith(
            await card.Locator("> pre").InnerTextAsync(),
            await card.Locator(".sides pre").Nth(0).InnerTextAsync(),
            StringComparison.Ordinal
        );
        await Assertions.Expect(card.Locator(".sides > div").Nth(2).Locator(".token")).ToHaveCountAsync(3);
        await Assertions.Expect(card.Locator(".likeliest").First.Locator("li").First).ToContainTextAsync("%");
        Quiet(browser, report.HtmlPath);
    }

    [SkippableFact]
    public async Task Curves_are_read_and_zoomed_by_pointer_and_by_keys()
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await InventedReport.BankingAsync();
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(report.HtmlPath, 1280);
        var loss = page.Locator("figure[data-chart]").First;
        var reset = page.Locator("button.reset");

        var over = loss.Locator(".u-over");
        await over.ScrollIntoViewIfNeededAsync();
        await over.HoverAsync();
        await Assertions.Expect(loss.Locator(".u-legend")).ToContainTextAsync(new Regex("step:?\\s*\\d+"));
        var box = (await over.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 4, box.Y + box.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(reset.Nth(0)).ToBeVisibleAsync();
        await Assertions.Expect(reset.Nth(3)).ToBeVisibleAsync();
        await reset.Nth(2).ClickAsync();
        await Assertions.Expect(reset.Nth(0)).ToBeHiddenAsync();

        await loss.GetByRole(AriaRole.Group).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions
            .Expect(loss.Locator("[role=status]"))
            .ToHaveTextAsync(new Regex("^step 1: training loss [0-9.]+"));
        await page.Keyboard.PressAsync("+");
        await Assertions.Expect(reset.Nth(0)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("0");
        await Assertions.Expect(reset.Nth(0)).ToBeHiddenAsync();
        Quiet(browser, report.HtmlPath);
    }

    [SkippableTheory]
    [InlineData("banking", "tr[data-r] th")]
    [InlineData("many-labels", "text[data-r]")]
    public async Task Matrices_are_sorted_and_lead_to_rows(string kind, string name)
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await Invented(kind);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(report.HtmlPath, 1280);
        var panel = page.Locator("#labels .panel").First;

        // From top to bottom as drawn: label to share of right answers.
        async Task<double[]> Shares() =>
            await panel.EvaluateAsync<double[]>(
                """
                (panel, name) => {
                  const cells = [...panel.querySelectorAll('[data-n]')].map(c => [+(c.dataset.r ?? c.parentElement.dataset.r), +c.dataset.c, +c.dataset.n]);
                  return [...panel.querySelectorAll(name)]
                    .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
                    .map(e => +(e.dataset.r ?? e.parentElement.dataset.r))
                    .map(r => cells.filter(c => c[0] === r && c[1] === r).reduce((s, c) => s + c[2], 0) / cells.filter(c => c[0] === r).reduce((s, c) => s + c[2], 0));
                }
                """,
                name
            );
        var before = await Shares();
        await panel.GetByLabel("Order of labels").SelectOptionAsync("Lowest share right first");
        var after = await Shares();
        Assert.NotEqual(before.Order(), before);
        Assert.Equal(before.Order(), after);
        foreach (var order in new[] { "Most rows first", "Most mistakes first", "Confused labels together", "By name" })
        {
            await panel.GetByLabel("Order of labels").SelectOptionAsync(order);
        }

        Assert.Equal(before, await Shares());

        var cell = panel.Locator(".miss.leads").First;
        var count = int.Parse(
            (await cell.GetAttributeAsync("data-n"))!,
            System.Globalization.CultureInfo.InvariantCulture
        );
        await cell.ClickAsync();
        await Assertions.Expect(page.Locator("#rows-found")).ToHaveTextAsync(new Regex($"^{count} answers? of"));
        await page.Locator("#rows-confusion").ClickAsync();
        await Assertions.Expect(page.Locator("#rows-confusion")).ToBeHiddenAsync();
        await panel.Locator(".confusions button").First.ClickAsync();
        await Assertions.Expect(page.Locator("#rows-confusion")).ToContainTextAsync("taken for");
        Quiet(browser, report.HtmlPath);
    }

    [SkippableFact]
    public async Task Opens_in_a_moment_with_five_thousand_rows()
    {
        Skip.If(Browser.Place is null, "no Chromium on this machine");
        using var report = await InventedReport.ManyRowsAsync();
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(report.HtmlPath, 1280);

        await Assertions.Expect(page.Locator("#rows-found")).ToHaveTextAsync("5,000 answers of 5,000");
        Quiet(browser, report.HtmlPath);
    }

    [SkippableFact]
    public async Task A_report_of_ones_own()
    {
        var path = Environment.GetEnvironmentVariable("FINETUNE_LOOK_AT");
        Skip.If(Browser.Place is null || path is null, "FINETUNE_LOOK_AT names no report");
        await using var browser = await Browser.StartAsync();
        foreach (var (width, dark) in new[] { (360, true), (360, false), (1280, true), (1280, false) })
        {
            var page = await browser.OpenAsync(path!, width, dark);
            await Assertions.Expect(page.Locator("#rows-found")).ToContainTextAsync("answers");
            await ChooseEverythingAsync(page);
            await ZoomAsync(page);
            await FollowConfusionsAsync(page);
            await SearchAsync(page);
            await page.EvaluateAsync(Open);
            await page.Locator("#rows-list .sides").First.WaitForAsync();
            await KeepAsync(page, $"own-{width}-{(dark ? "dark" : "light")}.png");
            Assert.Empty(await page.EvaluateAsync<string[]>(Wide));
            Assert.Equal("", string.Join("\n", await Violations(page)));
            await page.Context.CloseAsync();
        }

        Quiet(browser, path!);
    }

    private static async Task ChooseEverythingAsync(IPage page)
    {
        foreach (var panel in await page.Locator("#labels .switch > label").AllAsync())
        {
            await panel.ClickAsync();
            await Assertions.Expect(page.Locator("#labels .panel:visible")).ToHaveCountAsync(1);
        }

        foreach (var select in await page.Locator("select:visible").AllAsync())
        {
            foreach (var option in await select.Locator("option").AllAsync())
            {
                await select.SelectOptionAsync((await option.GetAttributeAsync("value"))!);
            }

            await select.SelectOptionAsync(new SelectOptionValue { Index = 0 });
        }
    }

    private static async Task ZoomAsync(IPage page)
    {
        foreach (var chart in await page.Locator("figure.live").AllAsync())
        {
            var over = chart.Locator(".u-over");
            await over.ScrollIntoViewIfNeededAsync();
            await over.HoverAsync();
            await Assertions.Expect(chart.Locator(".u-legend")).ToContainTextAsync(new Regex("step:?\\s*\\d+"));
            var box = (await over.BoundingBoxAsync())!;
            await page.Mouse.MoveAsync(box.X + box.Width / 4, box.Y + box.Height / 2);
            await page.Mouse.DownAsync();
            await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2, new() { Steps = 4 });
            await page.Mouse.UpAsync();
            await Assertions.Expect(chart.Locator("button.reset")).ToBeVisibleAsync();
            await over.DblClickAsync();
            await Assertions.Expect(chart.Locator("button.reset")).ToBeHiddenAsync();
        }
    }

    private static async Task FollowConfusionsAsync(IPage page)
    {
        var panel = page.Locator("#labels .panel:visible");
        var cell = panel.Locator(".miss.leads").First;
        if (await cell.CountAsync() == 0)
        {
            return;
        }

        var count = await cell.GetAttributeAsync("data-n");
        await cell.ClickAsync();
        await Assertions.Expect(page.Locator("#rows-found")).ToHaveTextAsync(new Regex($"^{count} answers? of"));
        await page.Locator("#rows-confusion").ClickAsync();
        await panel.Locator(".confusions button").First.ClickAsync();
        await Assertions.Expect(page.Locator("#rows-confusion")).ToContainTextAsync("taken for");
        await page.Locator("#rows-all").ClickAsync();
    }

    private static async Task SearchAsync(IPage page)
    {
        var (found, search) = (page.Locator("#rows-found"), page.Locator("#rows-search"));
        var all = await found.TextContentAsync();
        await search.FillAsync("no row says this for certain");
        await Assertions.Expect(found).ToContainTextAsync("0 answers");
        await page.Locator("#rows-all").ClickAsync();
        await Assertions.Expect(found).ToHaveTextAsync(all!);
        var more = page.Locator("#rows-more");
        if (await more.IsVisibleAsync())
        {
            await more.ClickAsync();
            await Assertions.Expect(page.Locator("#rows-list > li").Nth(10)).ToBeVisibleAsync();
        }
    }

    private static Task<InventedReport> Invented(string kind) =>
        kind switch
        {
            "banking" => InventedReport.BankingAsync(),
            "many-labels" => InventedReport.ManyLabelsAsync(),
            _ => InventedReport.FreeTextAsync(),
        };

    private static int Number(string? text) =>
        int.Parse(text!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<IEnumerable<string>> Violations(IPage page)
    {
        var result = await page.RunAxe();
        return result.Violations.SelectMany(v =>
            v.Nodes.Take(3).Select(node => $"{v.Id}: {node.Target} {v.Help} {node.Html}")
        );
    }

    private static void Quiet(Browser browser, string path)
    {
        Assert.Empty(browser.Complaints);
        var own = new Uri(path).AbsoluteUri;
        Assert.All(browser.Requests, r => Assert.True(r == own || r.StartsWith("data:", StringComparison.Ordinal), r));
    }

    private static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("FINETUNE_KEEP_REPORTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(folder, name), FullPage = true }
            );
        }
    }
}
