namespace Kiln.Kernels;

/// <summary>
/// How a register tile walks its operands, in floats. A tile is rows × columns sums c[i, j] of a[i] · b[j] over three nested
/// loops: times, runs and terms. The tiles are written by src/Tiles.
/// </summary>
internal struct TileWalk
{
    /// <summary>In A, whose numbers are broadcast: from a row of the tile, a term, a run and a time to the next.</summary>
    public nint ARow, ATerm, ARun, ATime;

    /// <summary>In B, whose registers are loaded: from a column of the tile, a term, a run and a time to the next.</summary>
    public nint BColumn, BTerm, BRun, BTime;

    /// <summary>In C: from a row and a column of the tile to the next.</summary>
    public nint CRow, CColumn;

    /// <summary>In B: how far ahead is fetched, by tiles that do so.</summary>
    public nint BAhead;

    /// <summary>Terms of a run.</summary>
    public int Terms;
}

/// <summary>What a tile does with its sums.</summary>
internal enum TileEnd
{
    /// <summary>They are the first segment: C becomes the sums.</summary>
    Store,

    /// <summary>They are a further segment: C gains the sums.</summary>
    Add,

    /// <summary>They go on with the segment that C holds.</summary>
    Continue,
}
