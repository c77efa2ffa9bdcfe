using Microsoft.Playwright;

namespace Finetune.Tests.Stages.Report;

/// <summary>A headless Chromium of this machine, and what its pages complain of and ask for.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where Chromium is, or null.</summary>
    public static string? Place =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(
            File.Exists
        );

    /// <summary>What pages said on the console, threw or were refused.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses they asked for.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<Browser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Place,
                Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
            }
        );
        return new Browser(playwright, browser);
    }

    /// <summary>Opens a file.</summary>
    public async Task<IPage> OpenAsync(string path, int width, bool dark = false, bool scripts = true)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 800 },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = scripts,
            }
        );
        var page = await context.NewPageAsync();
        page.Console += (_, message) => Complaints.Add(message.Text);
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
