using System.Globalization;
using System.Text;

namespace Kiln.Metrics;

/// <summary>A confusion matrix as text, columns flush right.</summary>
internal static class ConfusionTable
{
    public static string Of(ConfusionMatrix matrix)
    {
        var classes = Enumerable.Range(0, matrix.Classes).ToArray();
        List<string[]> rows =
        [
            ["label \\ answer", .. classes.Select(Whole), "recall"],
            .. classes.Select(label => (string[])[Whole(label), .. classes.Select(answer => matrix[label, answer].ToString(CultureInfo.InvariantCulture)), Percent(matrix.Recall(label))]),
            ["precision", .. classes.Select(answer => Percent(matrix.Precision(answer))), ""],
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows) text.Append(string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column]))).TrimEnd()).Append('\n');
        return text.ToString();
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => double.IsNaN(share) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1}%");
}
