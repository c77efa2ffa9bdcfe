namespace Finetune.Tests.Stages.Report;

/// <summary>The report as a browser shows it.</summary>
public sealed class BrowserTests
{
    // What a person would see: page height; elements wider than the page; drawn charts; a panel switched to.
    private const string Look = """
        (() => {
          const drawn = [...document.querySelectorAll('svg[role=img]')].filter(s => s.getClientRects().length)
            .filter(s => { const b = s.getBBox(); return b.width > 50 && b.height > 50; }).length;
          const second = document.getElementById('labels-1');
          const panels = () => [...document.querySelectorAll('.panel')].map(p => getComputedStyle(p).display !== 'none');
          const before = panels();
          if (second) second.click();
          const after = panels();
          if (second) document.getElementById('labels-0').click();
          return { height: document.documentElement.scrollHeight, width: document.documentElement.scrollWidth,
            wide: [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, nav ul, svg, .sr, .skip') && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.tagName + '.' + e.className),
            drawn, before: before.indexOf(true), after: after.indexOf(true), shown: after.filter(x => x).length,
            background: getComputedStyle(document.body).backgroundColor };
        })()
        """;

    [SkippableTheory]
    [InlineData("banking", 4)]
    [InlineData("many-labels", 8)]
    public async Task Draws_without_complaint_or_request(string kind, int charts)
    {
        Skip.If(Chromium.Place is null, "no Chromium on this machine");
        using var report =
            kind == "banking" ? await InventedReport.BankingAsync() : await InventedReport.ManyLabelsAsync();
        await using var chromium = await Chromium.StartAsync();

        foreach (var (width, dark) in new[] { (360, true), (1280, false) })
        {
            var seen = (await chromium.OpenAsync(report.HtmlPath, width, Look, dark))!;
            await KeepAsync(chromium, $"{kind}-{width}.png", width, (double)seen["height"]!);

            Assert.Equal(width, (int)seen["width"]!);
            Assert.Empty(seen["wide"]!.AsArray());
            Assert.Equal(charts, (int)seen["drawn"]!);
            Assert.Equal((0, 1, 1), ((int)seen["before"]!, (int)seen["after"]!, (int)seen["shown"]!));
            Assert.Equal(dark ? "rgb(16, 20, 23)" : "rgb(244, 245, 243)", (string?)seen["background"]);
        }

        Assert.Empty(chromium.Complaints);
        var page = new Uri(report.HtmlPath).AbsoluteUri;
        Assert.All(
            chromium.Requests,
            r => Assert.True(r == page || r.StartsWith("data:", StringComparison.Ordinal), r)
        );
    }

    private static async Task KeepAsync(Chromium chromium, string name, int width, double height)
    {
        if (Environment.GetEnvironmentVariable("FINETUNE_KEEP_REPORTS") is { Length: > 0 } folder)
        {
            var picture = await chromium.PictureAsync(width, Math.Min(16_000, height));
            await File.WriteAllBytesAsync(Path.Combine(folder, name), picture);
        }
    }
}
