global using Buffer = Kiln.Generators.Kernels.Buffer;

using Kiln.Generators.Graph;

namespace Kiln.Generators.Kernels;

/// <summary>How a value lies in memory; see docs/architecture.md.</summary>
internal enum Storage
{
    /// <summary>[row][features], rows padded to 16 floats.</summary>
    Rows,

    /// <summary>The caller's own rows: without gaps.</summary>
    Raw,

    /// <summary>[block][features][16 samples].</summary>
    Lanes,

    /// <summary>An image for each row: [row][pixels][channels, padded to 16].</summary>
    Channels,

    /// <summary>No batch axis, row-major.</summary>
    Flat,

    /// <summary>No batch axis, a K×M matrix in panels of 32 columns.</summary>
    Panels,
}

/// <summary>The block of memory a buffer is a part of.</summary>
internal enum Space { Arena, Parameters, Gradients, Constants, Prepared, Input, Output }

/// <summary>A place in memory that holds a value. Created by the lowering; the memory plan gives arena buffers their offsets.</summary>
/// <param name="Features">Elements per sample (of the whole value, if it has no batch axis).</param>
/// <param name="K">Of Panels, rows of the matrix; of Channels, the channels.</param>
/// <param name="M">Of Panels, columns of the matrix; of Channels, the pixels.</param>
internal sealed class Buffer(string name, Storage storage, int features, Space space, int k = 0, int m = 0)
{
    public string Name => name;
    public Storage Storage => storage;
    public int Features => features;
    public int K => k;
    public int M => m;

    public Space Space { get; set; } = space;

    /// <summary>Floats from the start of its space (per row of capacity for batched arena buffers), or the argument's number.</summary>
    public int Offset { get; set; }

    public bool Batched => storage is Storage.Rows or Storage.Raw or Storage.Lanes or Storage.Channels;

    /// <summary>Floats between two rows in Rows, Raw and Channels.</summary>
    public int RowStride => storage switch
    {
        Storage.Raw => features,
        Storage.Channels => checked(m * Sizes.Pixel(k)),
        _ => Sizes.Round16(features),
    };

    /// <summary>Arena floats: per row of capacity if batched.</summary>
    public int Floats => storage switch
    {
        Storage.Rows or Storage.Channels => RowStride,
        Storage.Raw or Storage.Lanes => features,
        Storage.Panels => Sizes.Panels(k, m),
        _ => Sizes.Round16(features),
    };

    public override string ToString() => $"{name}: {storage} {(storage is Storage.Panels or Storage.Channels ? $"{k}×{m}" : features.ToString())}";
}

internal static class Sizes
{
    /// <exception cref="OverflowException">More than an int can count; so of panels.</exception>
    public static int Round16(int floats) => checked(floats + 15) / 16 * 16;

    /// <summary>Floats from a pixel to the next in Channels, as Kiln.Kernels.Layouts.PixelFloats has it.</summary>
    public static int Pixel(int channels) => Round16(channels) is var padded && padded % 1024 == 0 ? checked(padded + 16) : padded;

    /// <summary>Floats of a K×M matrix in panels: columns padded to 32, or 16 in a last panel of at most 16.</summary>
    public static int Panels(int k, int m) => checked(k * Round16(m));
}
