using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>One parameter of a network and its place: a line of the table that compiled code carries.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class ParameterInfo
{
    private const int PanelWidth = 32;

    private readonly int depth;
    private readonly int columns;
    private readonly int kernel;

    /// <summary>A parameter as the compiler laid it out.</summary>
    /// <param name="name">Unique in the network, stable: <c>conv1.weight</c>.</param>
    /// <param name="owner">The part of the network it belongs to, "" for none.</param>
    /// <param name="shape">Logical shape, as in checkpoints; empty for a scalar.</param>
    /// <param name="storage">How its values lie in the block.</param>
    /// <param name="offset">Its first float in the parameter, gradient and optimizer blocks; a multiple of 16.</param>
    /// <param name="floats">Floats it takes there, pads included; a multiple of 16.</param>
    /// <param name="initializer">How initial values are drawn.</param>
    /// <param name="scale">Multiplies the initial values.</param>
    /// <param name="fanIn">Inputs per output, for the initialisers that ask for it.</param>
    /// <param name="fanOut">Outputs per input.</param>
    /// <param name="trainable">Optimizers may move it.</param>
    /// <exception cref="ArgumentException">Storage, shape, offset and size do not fit together.</exception>
    public ParameterInfo(
        string name, string owner, int[] shape, ParameterStorage storage, long offset, long floats,
        Initializer initializer, double scale, int fanIn, int fanOut, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(shape);
        Name = name;
        Owner = owner;
        Shape = shape;
        Storage = storage;
        Offset = offset;
        Floats = floats;
        Initializer = initializer;
        Scale = scale;
        FanIn = fanIn;
        FanOut = fanOut;
        Trainable = trainable;

        var length = 1;
        foreach (var size in shape) length = checked(length * size);
        Length = length;
        var rank = storage switch { ParameterStorage.Flat => 0, ParameterStorage.ConvolutionPanels => 3, _ => 2 };
        if (storage == ParameterStorage.ConvolutionPanels ? shape.Length < rank : rank > 0 && shape.Length != rank)
        {
            throw new ArgumentException($"Parameter '{name}' with shape [{string.Join(", ", shape)}] cannot be stored as {storage}: that takes {rank} axes.", nameof(shape));
        }

        if (initializer is Initializer.Orthogonal or Initializer.Identity && (shape.Length < 2 || length == 0))
        {
            throw new ArgumentException($"Parameter '{name}' with shape [{string.Join(", ", shape)}] cannot start as {initializer}: that takes a matrix.", nameof(initializer));
        }

        (depth, columns) = storage switch
        {
            ParameterStorage.Panels => (shape[0], shape[1]),
            ParameterStorage.TransposedPanels => (shape[1], shape[0]),
            ParameterStorage.ConvolutionPanels => (length / Math.Max(shape[0], 1), shape[0]),
            _ => (1, length),
        };
        kernel = storage == ParameterStorage.ConvolutionPanels ? depth / Math.Max(shape[1], 1) : 1;
        if (floats < StorageFloats() || offset < 0 || offset % 16 != 0 || floats % 16 != 0)
        {
            throw new ArgumentException(
                $"Parameter '{name}' needs {StorageFloats()} floats at a multiple of 16, but was given {floats} at {offset}.", nameof(floats));
        }
    }

    /// <summary>Unique in the network; checkpoints and initial values depend on it.</summary>
    public string Name { get; }

    /// <summary>The part of the network it belongs to, "" for none.</summary>
    public string Owner { get; }

    /// <summary>Logical shape, as in checkpoints. Not to be written to.</summary>
    public int[] Shape { get; }

    /// <summary>Elements, the product of the shape.</summary>
    public int Length { get; }

    /// <summary>How its values lie in the block.</summary>
    public ParameterStorage Storage { get; }

    /// <summary>Its first float in the parameter, gradient and optimizer blocks.</summary>
    public long Offset { get; }

    /// <summary>Floats it takes there, pads included.</summary>
    public long Floats { get; }

    /// <summary>How initial values are drawn.</summary>
    public Initializer Initializer { get; }

    /// <summary>Multiplies the initial values.</summary>
    public double Scale { get; }

    /// <summary>Inputs per output.</summary>
    public int FanIn { get; }

    /// <summary>Outputs per input.</summary>
    public int FanOut { get; }

    /// <summary>Optimizers may move it.</summary>
    public bool Trainable { get; }

    /// <summary>Rows of its panels: inputs of a unit. 1 where it is flat.</summary>
    internal int Depth => depth;

    /// <summary>Columns of its panels: units.</summary>
    internal int Columns => columns;

    /// <summary>Height × width of a convolution's kernel; else 1.</summary>
    internal int KernelPixels => kernel;

    /// <summary>Where, from <see cref="Offset"/>, the element with this row-major number lies. The number is not checked.</summary>
    /// <param name="element">0 … <see cref="Length"/> − 1.</param>
    public long StorageIndex(int element)
    {
        switch (Storage)
        {
            case ParameterStorage.Panels:
                return PanelIndex(element / columns, element % columns);
            case ParameterStorage.TransposedPanels:
                return PanelIndex(element % depth, element / depth);
            case ParameterStorage.ConvolutionPanels:
                // [out][in][kernel] in the checkpoint, depth (kernel, in) in the panels.
                var inputs = depth / kernel;
                var tap = element % kernel;
                var input = element / kernel % inputs;
                return PanelIndex(tap * inputs + input, element / depth);
            default:
                return element;
        }
    }

    /// <summary>All elements from the row-major order of the shape to the storage; pads become zero.</summary>
    /// <param name="flat"><see cref="Length"/> floats.</param>
    /// <param name="stored">Where the parameter begins in its block.</param>
    internal void Pack(float* flat, float* stored)
    {
        switch (Storage)
        {
            case ParameterStorage.Panels or ParameterStorage.TransposedPanels:
                Layouts.FlatToPanels(flat, stored, depth, columns, Storage == ParameterStorage.TransposedPanels);
                break;
            case ParameterStorage.ConvolutionPanels:
                Layouts.KernelToPanels(flat, stored, columns, depth / kernel, kernel);
                break;
            default:
                Layouts.Copy(flat, stored, Length);
                break;
        }
    }

    /// <summary>The inverse of <see cref="Pack"/>.</summary>
    internal void Unpack(float* stored, float* flat)
    {
        switch (Storage)
        {
            case ParameterStorage.Panels or ParameterStorage.TransposedPanels:
                Layouts.PanelsToFlat(stored, flat, depth, columns, Storage == ParameterStorage.TransposedPanels);
                break;
            case ParameterStorage.ConvolutionPanels:
                Layouts.PanelsToKernel(stored, flat, columns, depth / kernel, kernel);
                break;
            default:
                Layouts.Copy(stored, flat, Length);
                break;
        }
    }

    private long PanelIndex(int row, int column)
    {
        var panel = column / PanelWidth * PanelWidth;
        var width = columns - panel <= PanelWidth / 2 ? PanelWidth / 2 : PanelWidth;
        return (long)panel * depth + (long)row * width + (column - panel);
    }

    private long StorageFloats()
    {
        if (Storage == ParameterStorage.Flat) return ((long)Length + 15) / 16 * 16;
        return ((long)columns + 15) / 16 * 16 * depth;
    }
}
