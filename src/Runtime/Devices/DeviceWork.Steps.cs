namespace Kiln.Kernels;

// Moves between storages, random numbers, steps of time.
public static partial class DeviceWork
{
    /// <summary>A thread for each float of a value in Lanes, dead lanes among them.</summary>
    /// <param name="rows">Live rows.</param>
    /// <param name="features">Elements of a sample.</param>
    public static int Lanes(int rows, int features) => Round16(rows) * features;

    /// <summary>A thread for each channel of a value in Channels, pads among them.</summary>
    /// <param name="rows">Live rows.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels of a channel.</param>
    public static int Channels(int rows, int channels, int pixels) => rows * pixels * Round16(channels);

    /// <summary>A thread for four random numbers of a sample, in Lanes.</summary>
    /// <param name="rows">Live rows.</param>
    /// <param name="features">Elements of a sample.</param>
    public static int DrawLanes(int rows, int features) => Round16(rows) * ((features + 3) / 4);

    /// <summary>A thread for four random numbers of a row.</summary>
    /// <param name="rows">Live rows.</param>
    /// <param name="features">Elements of a row.</param>
    public static int DrawRows(int rows, int features) => rows * ((features + 3) / 4);

    /// <summary>Floats of scratch memory for connectionist temporal classification.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="steps">The most time steps.</param>
    /// <param name="labels">The most labels.</param>
    public static int CtcFloats(int rows, int steps, int labels) => rows * Round16(16 + (steps + 1) * CtcWidth(labels) + 3 * (CtcWidth(labels) + 16) + 2 * steps);

    /// <summary>States of so many labels, and at least two that are dead.</summary>
    internal static int CtcWidth(int labels) => Round16(2 * labels + 3);
}
