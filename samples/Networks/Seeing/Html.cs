using System.Net;
using System.Text;

namespace Kiln.Samples.Networks;

/// <summary>A page of text, tables and small pictures in one file that refers to nothing outside of it.</summary>
/// <param name="title">Of the page.</param>
internal sealed class Html(string title)
{
    private const string Style = """
        :root { color-scheme: light dark; --ground: #fdfdfc; --text: #1d1f21; --quiet: #63686e; --line: #dcdedf; }
        @media (prefers-color-scheme: dark) { :root { --ground: #17191b; --text: #e4e6e8; --quiet: #9aa1a8; --line: #34383c; } }
        body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; } h3 { font-size: 1rem; margin-bottom: .3rem; }
        p { max-width: 46rem; } .quiet, figcaption { color: var(--quiet); }
        .row { display: flex; flex-wrap: wrap; gap: .8rem 1rem; align-items: flex-end; margin: .5rem 0 1rem; }
        figure { margin: 0; } figcaption { font-size: .75rem; line-height: 1.3; margin-top: .2rem; font-variant-numeric: tabular-nums; }
        img { display: block; image-rendering: pixelated; max-width: 100%; height: auto; }
        summary { cursor: pointer; } details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
        summary > * { display: inline-block; vertical-align: middle; margin-right: .6rem; }
        .unit { display: flex; flex-wrap: wrap; gap: .8rem; align-items: flex-end; margin: .4rem 0; }
        .scale { height: .8rem; width: 14rem; background: linear-gradient(90deg, rgb(33 102 172), rgb(247 247 247), rgb(178 24 43)); }
        pre { overflow-x: auto; font-size: .8rem; }
        """;

    private readonly StringBuilder _body = new();

    /// <summary>Text as it is shown.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A picture with a line below it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="scale">Pixels of the page for one of its own.</param>
    /// <param name="caption">The line; empty: none.</param>
    /// <param name="what">What is seen, for those who do not see it.</param>
    public static string Figure(Picture picture, int scale, string caption, string what) =>
        $"<figure>{Image(picture, scale, what)}{(caption == "" ? "" : $"<figcaption>{Escape(caption)}</figcaption>")}</figure>";

    /// <summary>The picture alone.</summary>
    public static string Image(Picture picture, int scale, string what) =>
        $"<img src=\"{picture.ToAddress()}\" width=\"{picture.Width * scale}\" height=\"{picture.Height * scale}\" alt=\"{Escape(what)}\">";

    /// <summary>Adds a line of HTML.</summary>
    public void Add(string html) => _body.Append(html).Append('\n');

    /// <summary>Adds a paragraph of text.</summary>
    public void Say(string text) => Add($"<p>{Escape(text)}</p>");

    /// <summary>Adds a heading.</summary>
    /// <param name="level">2 or 3.</param>
    /// <param name="text">Its text.</param>
    public void Head(int level, string text) => Add($"<h{level}>{Escape(text)}</h{level}>");

    /// <summary>Adds things side by side.</summary>
    public void Row(IEnumerable<string> html) => Add($"<div class=\"row\">{string.Concat(html)}</div>");

    /// <summary>The file.</summary>
    public override string ToString() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <h1>{Escape(title)}</h1>
        {_body}</body>
        </html>

        """;
}
