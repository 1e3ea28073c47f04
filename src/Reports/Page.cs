using System.Globalization;
using System.Net;
using System.Text;

namespace Kiln.Seeing;

/// <summary>An HTML page in one file that refers to nothing outside of it and has no script. Light or dark as the reader's system is; light where it is printed.</summary>
/// <param name="title">Of the page.</param>
internal sealed class Page(string title)
{
    private const string Style = """
        :root { color-scheme: light dark; --ground: #fdfdfc; --text: #1d1f21; --quiet: #5d636a; --line: #d9dbde; --right: 37 99 168; --wrong: 196 84 10;
          --c0: #1f5fa8; --c1: #b94a00; --c2: #0b7a57; --c3: #8a2f87; --c4: #806000; --c5: #b3213a; --noise: #b3b8be; }
        @media screen and (prefers-color-scheme: dark) { :root { --ground: #17191b; --text: #e4e6e8; --quiet: #9fa6ad; --line: #373b40; --right: 90 150 220; --wrong: 225 120 40;
          --c0: #74aef0; --c1: #f09a5b; --c2: #4fc79b; --c3: #d58fd2; --c4: #d3b14a; --c5: #f0828f; --noise: #5a6067; } }
        @media print { :root { color-scheme: light; } }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; border-top: 1px solid var(--line); padding-top: 1rem; }
        p { max-width: 46rem; margin: .3rem 0 .6rem; } .note, figcaption { color: var(--quiet); font-size: .85rem; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: .8rem; margin: 1rem 0; }
        dl div { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .7rem; } dt { color: var(--quiet); font-size: .8rem; } dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .chart { width: 100%; min-width: 40rem; height: auto; display: block; margin: .4rem 0; } .chart text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
        .chart line, .chart polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .chart .grid, .chart .tick, .chart .leader { stroke: var(--line); stroke-width: 1; } .chart .axis { stroke: var(--quiet); stroke-width: 1; }
        .chart .quiet { stroke: var(--noise); stroke-width: 1; } .chart circle.quiet { fill: var(--noise); }
        .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
        circle.c0 { fill: var(--c0); } circle.c1 { fill: var(--c1); } circle.c2 { fill: var(--c2); } circle.c3 { fill: var(--c3); } circle.c4 { fill: var(--c4); } circle.c5 { fill: var(--c5); }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; } th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } thead th { vertical-align: bottom; } .name { text-align: left; overflow-wrap: anywhere; }
        .matrix td, .matrix th { text-align: center; padding: .25rem .45rem; min-width: 2rem; } .matrix td.diagonal { outline: 2px solid var(--quiet); outline-offset: -2px; font-weight: 600; } .matrix .sum { color: var(--quiet); } .matrix tbody th { text-align: right; }
        .samples { display: flex; flex-wrap: wrap; gap: .9rem 1.1rem; } figure { margin: 0; } figcaption { line-height: 1.35; margin-top: .25rem; max-width: 8rem; overflow-wrap: anywhere; } img { display: block; image-rendering: pixelated; }
        @media print { body { font-size: 11px; max-width: none; margin: 0; } h2 { break-after: avoid; } svg, figure, tr, dl div { break-inside: avoid; } .wide { overflow: visible; } .chart { min-width: 0; } }
        """;

    private readonly StringBuilder _body = new();

    /// <summary>Text as it is shown; characters that no page may have are replaced.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(c => char.IsControl(c) && c is not ('\t' or '\n') ? '\uFFFD' : c)));

    /// <summary>A number with four digits that count.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        if (!double.IsFinite(value)) return value.ToString(CultureInfo.InvariantCulture);
        if (size is not 0 and (< 1e-4 or >= 1e6)) return value.ToString("0.###e+0", CultureInfo.InvariantCulture);
        var decimals = size == 0 ? 0 : Math.Max(3 - (int)Math.Floor(Math.Log10(size)), 0);
        // Zero has no sign.
        return (value + 0.0).ToString($"#,0.{new string('#', decimals)}", CultureInfo.InvariantCulture);
    }

    /// <summary>Adds HTML.</summary>
    public void Add(string html) => _body.Append(html).Append('\n');

    /// <summary>Adds a heading and the sentence below it.</summary>
    public void Head(string heading, string note = "") => Add($"<h2>{Escape(heading)}</h2>{(note == "" ? "" : $"\n<p class=\"note\">{Escape(note)}</p>")}");

    /// <summary>Adds a sentence.</summary>
    public void Say(string text) => Add($"<p class=\"note\">{Escape(text)}</p>");

    /// <summary>Adds a table. Its first column is text, the others are numbers.</summary>
    public void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        Add("<div class=\"wide\"><table><thead><tr>");
        Add(string.Concat(heads.Select((head, i) => $"<th scope=\"col\"{(i == 0 ? " class=\"name\"" : "")}>{Escape(head)}</th>")));
        Add("</tr></thead><tbody>");
        foreach (var row in rows)
            Add($"<tr>{string.Concat(row.Select((cell, i) => i == 0 ? $"<th scope=\"row\" class=\"name\">{Escape(cell)}</th>" : $"<td>{Escape(cell)}</td>"))}</tr>");
        Add("</tbody></table></div>");
    }

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
