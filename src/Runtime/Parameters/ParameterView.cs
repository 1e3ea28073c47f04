using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// A parameter of a network, or its gradient, as a row-major array of the shape it has in checkpoints: [units, inputs] for a
/// dense weight, [channels out, channels in, height, width] for a convolution's. The kernels store it in another
/// order, so values are copied in and out. A view stays valid until its network (or training) is disposed of.
/// </summary>
public sealed unsafe class ParameterView
{
    private readonly ParameterBlock block;
    private readonly int number;

    internal ParameterView(ParameterBlock block, ParameterInfo info, int number)
    {
        this.block = block;
        this.number = number;
        Info = info;
    }

    /// <summary>The name in checkpoints: <c>conv1.weight</c>.</summary>
    public string Name => Info.Name;

    /// <summary>The dimensions; empty for a single number.</summary>
    public ReadOnlySpan<int> Shape => Info.Shape;

    /// <summary>Number of values: the product of the shape.</summary>
    public int Length => Info.Length;

    internal ParameterInfo Info { get; }

    /// <summary>One value.</summary>
    /// <param name="index">Row-major index from 0 to <see cref="Length"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public float this[int index]
    {
        get
        {
            lock (block.Gate)
            {
                var value = Start[Place(index)];
                GC.KeepAlive(this);
                return value;
            }
        }

        set
        {
            lock (block.Gate)
            {
                Start[Place(index)] = value;
                block.Changed();
                GC.KeepAlive(this);
            }
        }
    }

    /// <summary>The first value as it is stored; initial values are drawn. The gate is held.</summary>
    private float* Start
    {
        get
        {
            var place = Room;
            block.Draw(number);
            return place;
        }
    }

    /// <summary>The same for values that are all written: nothing is drawn.</summary>
    private float* Room => block.IsDisposed ? throw new ObjectDisposedException(Name, $"The network or training that has '{Name}' was disposed of.") : block.Current + Info.Offset;

    /// <summary>Copies all values out, row-major.</summary>
    /// <param name="target">Exactly <see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public void CopyTo(Span<float> target)
    {
        CheckLength(target.Length, nameof(target));
        fixed (float* flat = target)
            lock (block.Gate) Info.Unpack(Start, flat);
        // The last reference may be the caller's to this view: the memory must not be collected under the copy.
        GC.KeepAlive(this);
    }

    /// <summary>Copies all values in, row-major.</summary>
    /// <param name="source">Exactly <see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        CheckLength(source.Length, nameof(source));
        fixed (float* flat = source)
        {
            lock (block.Gate)
            {
                Info.Pack(flat, Room);
                block.Keep(number);
                block.Changed();
            }
        }
        GC.KeepAlive(this);
    }

    /// <summary>Copies the values of another parameter, of this network or another.</summary>
    /// <param name="other">Has the same shape, or the reverse one if transposed.</param>
    /// <param name="transposed">Takes the transpose of the other, which must be a matrix.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ObjectDisposedException">One of the networks was disposed of.</exception>
    public void CopyFrom(ParameterView other, bool transposed = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        var fits = transposed
            ? Shape.Length == 2 && other.Shape.Length == 2 && Shape[0] == other.Shape[1] && Shape[1] == other.Shape[0]
            : Shape.SequenceEqual(other.Shape);
        if (!fits)
        {
            throw new ArgumentException(
                $"Parameter '{Name}' with shape {ShapeText(Shape)} cannot take {(transposed ? "the transpose of " : "")}'{other.Name}' with shape {ShapeText(other.Shape)}.",
                nameof(other));
        }

        // By way of a copy, as the other may be this one.
        var values = new float[Length];
        other.CopyTo(values);
        if (transposed)
        {
            var source = values;
            var (rows, columns) = (Shape[0], Shape[1]);
            values = new float[Length];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++) values[row * columns + column] = source[column * rows + row];
            }
        }

        CopyFrom(values);
    }

    /// <summary>The values in a new array, row-major.</summary>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public float[] ToArray()
    {
        var values = new float[Length];
        CopyTo(values);
        return values;
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} {ShapeText(Shape)}";

    internal static string ShapeText(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    private long Place(int index)
    {
        if ((uint)index >= (uint)Length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Parameter '{Name}' has {English.Count(Length, "value")}.");
        }

        return Info.StorageIndex(index);
    }

    private void CheckLength(int length, string argument)
    {
        if (length != Length)
        {
            throw new ArgumentException($"Parameter '{Name}' has {English.Count(Length, "value")}, shape {ShapeText(Shape)}, but the span has {length}.", argument);
        }
    }
}
