using System.Runtime.CompilerServices;

namespace Kiln.Gpu.Kernels;

/// <summary>A matrix that tiles read: lines (rows of the left operand, columns of the right one) by the terms of a sum.</summary>
internal interface IOperand
{
    /// <summary>Whether the lines of one term are neighbours in memory, and not the terms of one line.</summary>
    bool LinesFirst { get; }

    /// <summary>What all numbers of a line have in common.</summary>
    Key Line(int line);

    /// <summary>What all numbers of a term have in common.</summary>
    Key Term(int term);

    /// <summary>A number; of a line that does not exist, zero.</summary>
    Lane At(Key line, Key term);
}

/// <summary>A line's or a term's part of a place in memory, and of a pixel.</summary>
internal readonly struct Key
{
    public readonly int Place, Row, Column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Key(int place, int row, int column)
    {
        Place = place;
        Row = row;
        Column = column;
    }
}

/// <summary>What becomes of the sums of a product.</summary>
internal interface IResult
{
    /// <summary>Whether rows of one column are neighbours in memory, and not columns of one row.</summary>
    bool RowsFirst { get; }

    /// <summary>Gets a finished sum.</summary>
    void Put(int row, int column, Lane sum);
}
