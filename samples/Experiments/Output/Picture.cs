using System.Xml.Linq;

namespace Kiln.Samples.Experiments;

/// <summary>Charts in one file of SVG that refers to nothing outside of it, and is readable on light and on dark pages.</summary>
/// <param name="columns">Charts side by side.</param>
/// <param name="charts">From left to right, then from top to bottom.</param>
internal sealed class Picture(int columns, params Chart[] charts)
{
    private const int Width = 560, Height = 360;

    public void Write(string path)
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        var across = Math.Min(columns, charts.Length) * Width;
        var down = (charts.Length + columns - 1) / columns * Height;
        var root = new XElement(svg + "svg",
            new XAttribute("viewBox", $"0 0 {across} {down}"), new XAttribute("width", across), new XAttribute("height", down),
            new XElement(svg + "style", Theme.Style()),
            new XElement(svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("style", "fill:var(--ground)")),
            charts.Select((chart, i) => new XElement(svg + "g",
                new XAttribute("transform", $"translate({i % columns * Width},{i / columns * Height})"), chart.Draw(i, Width, Height))));
        new XDocument(root).Save(path);
    }
}
