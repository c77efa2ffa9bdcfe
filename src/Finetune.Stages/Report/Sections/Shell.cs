using System.Security.Cryptography;
using System.Text;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>A whole page: one file, nothing fetched; the policy in its head allows its own style and its own scripts, by
/// their digests, and no more.</summary>
internal static class Shell
{
    private const string Icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230f766e'/%3E%3Cpath d='M4 11l3-4 2 2 3-5' stroke='white' stroke-width='2' fill='none'/%3E%3C/svg%3E";

    /// <summary>The page.</summary>
    /// <param name="title">For the window.</param>
    /// <param name="hero">What stands first.</param>
    /// <param name="parts">Sections; empty ones are left out.</param>
    /// <param name="foot">What stands last.</param>
    /// <param name="scripts">Of this project, run in this order when the page is there; it can be read without
    /// them.</param>
    public static Markup Write(
        string title,
        Markup hero,
        IReadOnlyList<(string Id, string Short, string Title, Markup Body)> parts,
        Markup foot,
        IReadOnlyList<Markup>? scripts = null
    )
    {
        scripts ??= [];
        var style = Markup.Join([Markup.Resource("uplot.min.css"), Markup.Resource("report.css")]);
        var own =
            scripts.Count == 0
                ? Markup.Empty
                : Markup.Of($" script-src{scripts.Select(script => Markup.Of($" {Digest(script)}"))};");
        var sections = parts.Where(s => !s.Body.IsEmpty).ToList();
        return Markup.Of(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {Digest(style)};{own} img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="generator" content="dotnet finetune">
            <title>{title}</title>
            <link rel="icon" href="{Icon}">
            <style>{style}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the report</a>
            {hero}
            <nav aria-label="Sections"><ul>{sections.Select(s =>
                Markup.Of($"""<li><a href="#{s.Id}">{s.Short}</a></li>""")
            )}</ul></nav>
            <main id="main">
            {sections.Select(s =>
                Markup.Of(
                    $"""<section id="{s.Id}" aria-labelledby="{s.Id}-title"><h2 id="{s.Id}-title">{s.Title}</h2>{s.Body}</section>{Line}"""
                )
            )}
            </main>
            <footer><p>{foot}</p></footer>
            {scripts.Select(script => Markup.Of($"<script>{script}</script>{Line}"))}
            </body>
            </html>

            """
        );
    }

    private static Markup Digest(Markup text)
    {
        var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return Markup.Of($"'sha256-{digest}'");
    }

    private static string Line => "\n";
}
