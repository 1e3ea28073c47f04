using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>How an output is divided when threads share a stage.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Stage
{
    /// <summary>Shares of every output: a thread takes a run of them.</summary>
    public const int Shares = 64;

    /// <summary>Where the share begins among that many items.</summary>
    /// <param name="share">0 … <see cref="Shares"/>.</param>
    /// <param name="items">Items of the output.</param>
    /// <returns>An item's number, from 0 for share 0 to <paramref name="items"/> for the end.</returns>
    public static int Part(int share, int items) => (int)((long)items * share / Shares);
}
