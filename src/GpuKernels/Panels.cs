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
    public Key Line(int line) => new(Panels.At(0, first + line, depth, columns), Panels.Width(first + line, columns), line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Key Term(int term) => new(term, 0, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lane At(Key line, Key term)
    {
        var value = Lane.Zero;
        if (line.Column < count) value = Lane.Load(panels, line.Place + term.Place * line.Row);
        return value;
    }
}
