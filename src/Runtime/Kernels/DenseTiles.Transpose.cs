namespace Kiln.Kernels;

/// <summary>The transposed weights that the data gradient multiplies by.</summary>
public static unsafe partial class DenseTiles
{
    /// <summary>Panels of the transpose of a matrix in Panels.</summary>
    /// <param name="from">The depth × columns matrix.</param>
    /// <param name="to">Gets the columns × depth matrix, zero-padded.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    public static void TransposePanels(float* from, float* to, int depth, int columns) => TransposePanels(from, to, depth, columns, 0, TransposePanelsItems(depth));

    /// <summary>The items a transposition is shared out by: panels of the result.</summary>
    /// <param name="depth">Rows of the matrix, columns of its transpose.</param>
    /// <returns>Their number.</returns>
    public static int TransposePanelsItems(int depth) => Ceiling(depth, Panel);

    /// <summary>A range of items of the transposition.</summary>
    /// <param name="from">The depth × columns matrix.</param>
    /// <param name="to">Gets the columns × depth matrix, zero-padded.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="TransposePanelsItems"/>.</param>
    public static void TransposePanels(float* from, float* to, int depth, int columns, int first, int last)
    {
        for (var k = first * Panel; k < Math.Min(depth, last * Panel); k += Panel)
        {
            var toWidth = depth - k <= 16 ? 16 : Panel;
            var panel = to + (nint)k * columns;
            for (var m = 0; m < columns; m += 16)
            {
                var source = Source(m);
                var fromRow = WidthOf(m);
                // The next block, from and to: the processor would not foresee them.
                if (m + 16 < columns) FetchBlock(Source(m + 16), WidthOf(m + 16), panel + (nint)(m + 16) * toWidth, toWidth);
                for (var half = 0; half < toWidth; half += 16)
                    Transposes.Padding(source + half * fromRow, fromRow, Math.Min(16, depth - k - half), panel + (nint)m * toWidth + half, toWidth, Math.Min(16, columns - m));
            }

            int WidthOf(int m) => columns - (m & -Panel) <= 16 ? 16 : Panel;

            float* Source(int m) => from + (nint)(m & -Panel) * depth + (nint)k * WidthOf(m) + m % Panel;
        }
    }

    private static void FetchBlock(float* from, nint fromRow, float* to, nint toRow)
    {
        for (var row = 0; row < Panel; row++) Fetch(from + row * fromRow);
        for (var row = 0; row < 16; row++, to += toRow)
        {
            Fetch(to);
            Fetch(to + toRow - 16);
        }
    }
}
