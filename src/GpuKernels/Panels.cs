using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Where the numbers of a matrix in Panels lie: [columns/32][depth][32], a last panel of up to 16 columns 16 wide.</summary>
internal static class Panels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width(int column, int columns) => columns - (column & -32) <= 16 ? 16 : 32;

    /// <summary>The place of a row and a column; of a pad column, too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(int row, int column, int depth, int columns) => (column & -32) * depth + row * Width(column, columns) + (column & 31);

    /// <summary>Columns with those that fill up the last panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Padded(int columns) => (columns + 15) & -16;
}

/// <summary>Some columns of a matrix in Panels as the right operand of a product, pad columns included.</summary>
internal readonly struct PanelColumns(ArrayView<float> panels, int depth, int columns, int first, int count) : IOperand
{
    public bool LinesFirst => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane At(int line, int term)
    {
        var value = Lane.Zero;
        if (line < count) value = Lane.Load(panels, Panels.At(term, first + line, depth, columns));
        return value;
    }
}
