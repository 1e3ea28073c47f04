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
internal enum Space { Arena, Parameters, Gradients, Constants, Prepared, States, Input, Output }

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

    /// <summary>The axes of time that the value runs over: rows or blocks of a step follow those of the step before.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    /// <summary>Those of them that it has memory for: a value that only its own step of a loop reads needs room for one step.</summary>
    public EquatableArray<TimeAxis> Kept => Place._oneStep.Count == 0 ? Time : Time.Where(a => !Place._oneStep.Contains(a)).ToEquatable();

    /// <summary>What the value's steps are counted by: of fixed axes, their sizes alone; of a copy of an axis, that.</summary>
    public EquatableArray<TimeAxis> Pool => Kept.Select(a => a.Fixed > 0 ? a with { Name = "", Copy = 0 } : a with { Copy = 0 }).ToEquatable();

    private readonly List<TimeAxis> _oneStep = [];

    /// <summary>The value needs memory for one step of that axis only.</summary>
    public void KeepOneStep(TimeAxis axis) => Place._oneStep.Add(axis);

    /// <summary>Of a state of a loop: where its steps are, of which this is a view.</summary>
    public StatePlaces? State { get; private set; }

    /// <summary>Which steps of the state it is.</summary>
    public StateView View { get; private set; }

    public Buffer Of(StatePlaces state, StateView view)
    {
        (State, View) = (state, view);
        state.Views.Add(this);
        return this;
    }

    /// <summary>What memory is planned for: the value, or the first view of the state that it is one of.</summary>
    public Buffer Place => State?.Views[0] ?? this;

    /// <summary>Whether rows may lie further apart than they are long; of a state, in all views alike.</summary>
    public bool Spaced
    {
        get => State is { } state && state.Views[0] != this ? state.Views[0].Spaced : _spaced;
        init => _spaced = value;
    }

    private readonly bool _spaced;

    public bool Batched => storage is Storage.Rows or Storage.Raw or Storage.Lanes or Storage.Channels;

    /// <summary>Floats between two rows in Rows, Raw and Channels.</summary>
    public int RowStride => storage switch
    {
        Storage.Raw => features,
        Storage.Channels => checked(m * Sizes.Pixel(k)),
        Storage.Rows when Spaced => Sizes.Spaced(features),
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

/// <summary>Which steps of a state a value is. They lie one after the other, one more than the axis has steps.</summary>
internal enum StateView
{
    /// <summary>Before each step: forward the steps from the first place on, backward those from the second on.</summary>
    Before,

    /// <summary>After each step: forward those from the second place on, backward from the first on.</summary>
    After,

    /// <summary>Before all steps: forward the first place, backward the last.</summary>
    Initial,

    /// <summary>After all steps: forward the last place, backward the first.</summary>
    Final,
}

/// <summary>The places of a loop's state: as many as steps, and one. So the state before a step is the one after the step before it, without a copy.</summary>
internal sealed record StatePlaces(TimeAxis Axis, bool Backward)
{
    public List<Buffer> Views { get; } = [];

    /// <summary>Whether the view begins at the second place; of a single step, whether it is the last one.</summary>
    public bool IsLate(StateView view) => view is StateView.After or StateView.Final != Backward;

    public bool Equals(StatePlaces? other) => ReferenceEquals(this, other);
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

internal static class Sizes
{
    /// <exception cref="OverflowException">More than an int can count; so of panels.</exception>
    public static int Round16(int floats) => checked(floats + 15) / 16 * 16;

    /// <summary>Floats from a pixel to the next in Channels, as Kiln.Kernels.Layouts.PixelFloats has it.</summary>
    public static int Pixel(int channels) => Round16(channels) is var padded && padded % 1024 == 0 ? checked(padded + 16) : padded;

    /// <summary>Floats from a row to the next where they need not be close: rows whole halves of a page apart would share few lines of the first-level cache, so 16 lie between them.</summary>
    public static int Spaced(int features) => Round16(features) is var padded && padded % 512 == 0 ? checked(padded + 16) : padded;

    /// <summary>Floats of a K×M matrix in panels: columns padded to 32, or 16 in a last panel of at most 16.</summary>
    public static int Panels(int k, int m) => checked(k * Round16(m));
}
