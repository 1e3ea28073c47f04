using System.Globalization;
using System.Text;

namespace Kiln.Samples.Experiments;

/// <summary>The figures of an experiment. The first column names a row.</summary>
/// <param name="columns">What the columns are, with their units.</param>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Adds a row: texts as they are, whole numbers in full, other numbers with four digits.</summary>
    /// <exception cref="ArgumentException">There are not as many cells as columns.</exception>
    public void Add(params object[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"expected {columns.Length} cells, but there are {cells.Length}", nameof(cells));
        _rows.Add([.. cells.Select(Text)]);
    }

    /// <summary>The table for a page or a terminal, its columns aligned.</summary>
    public string ToMarkdown()
    {
        var (head, rows) = (Escape(columns), _rows.Select(Escape).ToList());
        var widths = Enumerable.Range(0, columns.Length).Select(c => rows.Append(head).Max(row => row[c].Length)).ToArray();
        var text = new StringBuilder();
        Line(c => head[c].PadRight(widths[c]));
        Line(c => c == 0 ? new string('-', widths[c]) : new string('-', widths[c] - 1) + ":");
        foreach (var row in rows)
            Line(c => c == 0 ? row[c].PadRight(widths[c]) : row[c].PadLeft(widths[c]));
        return text.ToString();

        void Line(Func<int, string> cell) => text.Append("| ").AppendJoin(" | ", Enumerable.Range(0, columns.Length).Select(cell)).Append(" |\n");
    }

    /// <summary>The table for other programs (RFC 4180).</summary>
    public string ToCsv() => string.Concat(_rows.Prepend(columns).Select(row => string.Join(',', row.Select(Quote)) + "\r\n"));

    private static string[] Escape(string[] cells) => [.. cells.Select(cell => cell.Replace("|", "\\|"))];

    private static string Quote(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;

    private static string Text(object cell) => cell switch
    {
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        float number => number.ToString("G4", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
