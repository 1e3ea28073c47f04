using System.Text;
using OxyPlot;

namespace Kiln.Samples.Experiments;

/// <summary>
/// Colours that follow the reader's light or dark page. OxyPlot draws in colours that stand for them, and each of those is replaced by a variable of CSS.
/// </summary>
internal static class Theme
{
    private static readonly (string Name, string Light, string Dark)[] Colours =
    [
        ("text", "#1d1f21", "#e4e6e8"), ("quiet", "#8a9096", "#7f868d"), ("grid", "#d5d8da", "#3c4146"),
        ("c0", "#0b62a8", "#6cb6f5"), ("c1", "#c2410c", "#ff9b62"), ("c2", "#1c7c3c", "#67cf8b"), ("c3", "#8b2fb0", "#d39af0"), ("c4", "#b8166a", "#ff85bd"),
        ("c5", "#7a5c00", "#e6c34a"), ("c6", "#0f7c80", "#5ed2d6"), ("c7", "#5a5f66", "#b4bac1"), ("c8", "#a11c1c", "#ff8080"), ("c9", "#3f4bb8", "#a3acff"),
        ("c10", "#5b7a00", "#b6d957"), ("c11", "#8a4b2a", "#dba583"),
    ];

    private const int FirstSeries = 3;

    public static OxyColor Text => Stand(0);

    public static OxyColor Quiet => Stand(1);

    public static OxyColor Grid => Stand(2);

    /// <summary>The colour of a line.</summary>
    /// <param name="number">From 0; beyond the last colour they begin anew.</param>
    public static OxyColor Series(int number) => Stand(FirstSeries + number % (Colours.Length - FirstSeries));

    /// <summary>The drawing with variables for the colours.</summary>
    public static string Apply(string svg)
    {
        for (var i = 0; i < Colours.Length; i++)
            svg = svg.Replace($"rgb({Stand(i).R},{Stand(i).G},{Stand(i).B})", $"var(--{Colours[i].Name})");
        return svg;
    }

    /// <summary>The variables' values.</summary>
    public static string Style()
    {
        var style = new StringBuilder("svg { --ground: #fdfdfc;");
        foreach (var (name, light, _) in Colours) style.Append($" --{name}: {light};");
        style.Append(" background: var(--ground); } @media (prefers-color-scheme: dark) { svg { --ground: #17191b;");
        foreach (var (name, _, dark) in Colours) style.Append($" --{name}: {dark};");
        return style.Append(" } }").ToString();
    }

    private static OxyColor Stand(int index) => OxyColor.FromRgb(1, 2, (byte)(3 + index));
}
