namespace Kiln.Kernels;

/// <summary>
/// How a product is cut into tiles, one for a group of threads. Large tiles read each number from memory once for many products; a product with few of them has small ones, and several segments of its sums
/// at a time, so that all of a device has work. Host and device ask here, so that they agree.
/// </summary>
internal static class TileSizes
{
    /// <summary>Threads of a group.</summary>
    public const int Group = 128;

    /// <summary>Groups from which on large tiles are worth it.</summary>
    private const int Enough = 64;

    /// <summary>Elements of the right operand from which on they are.</summary>
    private const int LeastWork = 4096;

    /// <summary>Threads side by side in a large tile, each with 4 columns and 8 rows.</summary>
    public static int LargeAcross(int columns) => columns <= 16 ? 4 : columns <= 32 ? 8 : 16;

    public static int LargeColumns(int columns) => 4 * LargeAcross(columns);

    public static int LargeRows(int columns) => 8 * (Group / LargeAcross(columns));

    /// <summary>Segments that a small tile sums at a time. Of an unknown depth (0) one.</summary>
    public static int Split(int depth, int segment) => depth > 2 * segment ? 4 : depth > segment ? 2 : 1;

    /// <summary>Threads side by side in a small tile, each with 2 columns and 2 rows.</summary>
    public static int SmallAcross(int split, int columns) => columns <= 8 ? 4 : split == 1 && columns > 16 ? 16 : 8;

    public static int SmallColumns(int split, int columns) => 2 * SmallAcross(split, columns);

    public static int SmallRows(int split, int columns) => 2 * (Group / split / SmallAcross(split, columns));

    /// <summary>Whether a product has enough work for large tiles. The depth counts where it is known (not 0): then kernels of small products have no code for large tiles.</summary>
    public static bool IsLarge(int rows, int columns, int depth) => (depth == 0 || depth * columns >= LeastWork) && LargeTiles(rows, columns) >= Enough;

    private static int LargeTiles(int rows, int columns) => Ceiling(rows, LargeRows(columns)) * Ceiling(columns, LargeColumns(columns));

    /// <summary>Tiles of a product.</summary>
    public static int Tiles(int rows, int columns, int depth, int segment)
    {
        if (IsLarge(rows, columns, depth)) return LargeTiles(rows, columns);
        var split = Split(depth, segment);
        return Ceiling(rows, SmallRows(split, columns)) * Ceiling(columns, SmallColumns(split, columns));
    }

    /// <summary>Threads of a product.</summary>
    public static int Threads(int rows, int columns, int depth, int segment) => Group * Tiles(rows, columns, depth, segment);

    private static int Ceiling(int count, int of) => (count + of - 1) / of;
}
