using System.Globalization;
using System.Text;

namespace Kiln.Seeing;

/// <summary>
/// Curves as SVG text. Each has a colour, a dash and its name beside its end, so that it is found without the colour. Colours are variables of the page's style.
/// </summary>
/// <param name="title">What is seen, for those who do not see it.</param>
/// <param name="isLogarithmic">Whether the values are drawn by their logarithm; those that are not above zero are then left out.</param>
internal sealed class LineChart(string title, bool isLogarithmic = false)
{
    /// <summary>More curves than this are hard to tell apart.</summary>
    public const int MostCurves = 6;

    private const double Width = 960, Height = 300, Left = 60, Right = 190, Top = 12, Bottom = 40, LabelHeight = 15;

    private static readonly string[] Dashes = ["none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2"];

    private readonly List<(string Name, (double X, double Y)[] Points, bool HasMarks, bool IsQuiet)> _curves = [];

    /// <summary>The least and the largest value, where charts side by side share a scale.</summary>
    public (double Low, double High)? Limits { get; init; }

    /// <summary>The unit below the horizontal axis.</summary>
    public string Axis { get; init; } = "epoch";

    public bool IsEmpty => _curves.Count == 0;

    /// <summary>Adds a curve, unless it has no point to draw.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="hasMarks">Whether each point has a dot, with its value as a tool tip.</param>
    /// <param name="isQuiet">Whether it is the ground for the others: thin and grey.</param>
    public void Add(Curve curve, bool hasMarks = false, bool isQuiet = false)
    {
        var points = curve.Points.Where(p => !isLogarithmic || p.Y > 0).ToArray();
        if (points.Length > 0) _curves.Add((curve.Name, points, hasMarks, isQuiet));
    }

    /// <summary>The picture; empty where there is nothing to draw.</summary>
    public override string ToString()
    {
        if (IsEmpty) return "";
        var all = _curves.SelectMany(c => c.Points).ToArray();
        // From the beginning of an epoch on, so that all charts of a report have one axis.
        var (first, last) = (Math.Ceiling(all.Min(p => p.X)) - 1, all.Max(p => p.X));
        var scale = Limits ?? (all.Min(p => p.Y), all.Max(p => p.Y));
        var (low, high) = isLogarithmic ? WidenDecades(scale.Item1, scale.Item2) : Widen(scale.Item1, scale.Item2);

        var svg = new StringBuilder();
        svg.Append(Invariant($"<div class=\"wide\"><svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Page.Escape(title)}\">\n"));
        double X(double x) => Left + (x - first) / (last - first) * (Width - Left - Right);
        double Y(double y) => Top + (1 - Math.Clamp(Share(y, low, high), 0, 1)) * (Height - Top - Bottom);

        foreach (var tick in isLogarithmic ? Decades(low, high) : Steps(low, high, 5))
        {
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/>"));
            svg.Append(Invariant($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{Page.Number(tick)}</text>\n"));
        }
        foreach (var tick in Steps(first, last, 8))
        {
            svg.Append(Invariant($"<line class=\"tick\" x1=\"{X(tick):F1}\" x2=\"{X(tick):F1}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\"/>"));
            svg.Append(Invariant($"<text x=\"{X(tick):F1}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{Page.Number(tick)}</text>\n"));
        }
        svg.Append(Invariant($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>"));
        svg.Append(Invariant($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">{Page.Escape(Axis)}{(isLogarithmic ? "; logarithmic scale" : "")}</text>\n"));

        var coloured = 0;
        var labels = new List<(double Y, string Name, string Style)>();
        foreach (var (name, points, hasMarks, isQuiet) in _curves)
        {
            var style = isQuiet ? "quiet" : Invariant($"c{coloured % MostCurves}");
            var dash = isQuiet ? "none" : Dashes[coloured % MostCurves];
            if (!isQuiet) coloured++;
            var path = string.Join(' ', points.Select(p => Invariant($"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(Invariant($"<polyline class=\"{style}\" stroke-dasharray=\"{dash}\" points=\"{path}\"><title>{Page.Escape(name)}</title></polyline>\n"));
            if (hasMarks || points.Length == 1)
            {
                foreach (var (x, y) in points.Length <= 100 ? points : points[^1..])
                    svg.Append(Invariant($"<circle class=\"{style}\" cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"2.5\"><title>{Page.Escape(name)}, {Page.Escape(Axis)} {Page.Number(x)}: {Page.Number(y)}</title></circle>\n"));
            }
            labels.Add((Y(points[^1].Y), name, Invariant($"class=\"{style}\" stroke-dasharray=\"{dash}\"")));
        }
        foreach (var (place, end, name, style) in Spread(labels))
        {
            svg.Append(Invariant($"<line class=\"leader\" x1=\"{Width - Right + 2}\" x2=\"{Width - Right + 9}\" y1=\"{end:F1}\" y2=\"{place:F1}\"/>"));
            svg.Append(Invariant($"<line {style} x1=\"{Width - Right + 11}\" x2=\"{Width - Right + 33}\" y1=\"{place:F1}\" y2=\"{place:F1}\"/>"));
            svg.Append(Invariant($"<text x=\"{Width - Right + 37}\" y=\"{place + 4:F1}\">{Page.Escape(Short(name))}<title>{Page.Escape(name)}</title></text>\n"));
        }
        return svg.Append("</svg></div>\n").ToString();
    }

    /// <summary>A name that fits beside the curves; the whole is its tool tip.</summary>
    private static string Short(string name) => name.Length <= 24 ? name : $"{name[..11]}…{name[^12..]}";

    /// <summary>Names beside the ends of their curves, moved apart where they would cover one another.</summary>
    private static IEnumerable<(double Place, double End, string Name, string Style)> Spread(List<(double Y, string Name, string Style)> labels)
    {
        labels.Sort((a, b) => a.Y.CompareTo(b.Y));
        var places = labels.Select(l => l.Y).ToArray();
        for (var i = 1; i < places.Length; i++) places[i] = Math.Max(places[i], places[i - 1] + LabelHeight);
        var limit = Height - Bottom;
        for (var i = places.Length - 1; i >= 0; i--, limit -= LabelHeight) places[i] = Math.Min(places[i], limit);
        return labels.Select((l, i) => (places[i], l.Y, l.Name, l.Style));
    }

    /// <summary>How far between the ends of the scale a value is. Halves, as differences of the largest numbers are none.</summary>
    private double Share(double y, double low, double high) =>
        isLogarithmic ? (Math.Log(y) - Math.Log(low)) / (Math.Log(high) - Math.Log(low)) : (y / 2 - low / 2) / (high / 2 - low / 2);

    private static (double, double) Widen(double low, double high)
    {
        // What differs by rounding alone is one value.
        var more = high / 2 - low / 2 <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) ? Math.Max(Math.Abs(low), 1) / 2 : high / 20 - low / 20;
        return (Math.Max(low - more, -double.MaxValue), Math.Min(high + more, double.MaxValue));
    }

    private static (double, double) WidenDecades(double low, double high)
    {
        var (from, to) = (Math.Floor(Math.Log10(low)), Math.Ceiling(Math.Log10(high)));
        return (Math.Pow(10, Math.Max(from, -300)), Math.Pow(10, Math.Min(Math.Max(to, from + 1), 300)));
    }

    private static IEnumerable<double> Decades(double low, double high)
    {
        var (from, to) = ((int)Math.Round(Math.Log10(low)), (int)Math.Round(Math.Log10(high)));
        var every = Math.Max(1, (to - from + 4) / 5);
        for (var exponent = from; exponent <= to; exponent += every) yield return Math.Pow(10, exponent);
    }

    /// <summary>Round numbers: 1, 2 or 5 times a power of ten apart.</summary>
    private static IEnumerable<double> Steps(double low, double high, int count)
    {
        var rough = high / count - low / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        var first = Math.Ceiling(low / step);
        for (var i = 0; i <= 2 * count && first + i <= high / step + 1e-9; i++) yield return (first + i) * step;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
