using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>
/// One block of memory laid out by a parameter table: the parameters themselves, or their gradients. Pads between and within
/// parameters are zero and stay so.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class ParameterBlock : IDisposable
{
    private readonly Arena arena;
    private readonly ParameterView[] views;
    private readonly Dictionary<string, ParameterView> byName = new(StringComparer.Ordinal);

    // Of each parameter, whether its initial values are still to be drawn; how many wait for that; what they depend on.
    private readonly bool[] waits;
    private int waiting;
    private long version;
    private ulong seed;

    /// <summary>A block of zeros.</summary>
    /// <param name="parameters">The table, in ascending order of offsets. Kept, not copied.</param>
    /// <param name="length">Floats of the block, at least to the end of the last parameter.</param>
    /// <exception cref="ArgumentException">Two parameters have one name or overlap, or the block is too short.</exception>
    public ParameterBlock(ParameterInfo[] parameters, long length)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        views = new ParameterView[parameters.Length];
        waits = new bool[parameters.Length];
        var end = 0L;
        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = parameters[i];
            views[i] = new ParameterView(this, parameter, i);
            if (!byName.TryAdd(parameter.Name, views[i]))
            {
                throw new ArgumentException($"Two parameters have the name '{parameter.Name}'.", nameof(parameters));
            }

            if (parameter.Offset < end)
            {
                throw new ArgumentException($"Parameter '{parameter.Name}' at {parameter.Offset} begins before the end of the one before it, {end}.", nameof(parameters));
            }

            end = parameter.Offset + parameter.Floats;
        }

        if (length < end)
        {
            throw new ArgumentException($"The parameters end at {English.Count(end, "float")}, but the block has {length}.", nameof(length));
        }

        arena = new Arena(length);
    }

    /// <summary>The table. Not to be written to.</summary>
    public ParameterInfo[] Parameters { get; }

    /// <summary>A view of every parameter, in the table's order.</summary>
    public IReadOnlyList<ParameterView> Views => views;

    /// <summary>Floats in the block, pads included.</summary>
    public long Length => arena.Length;

    /// <summary>The first float. Initial values that nobody asked for so far are drawn.</summary>
    /// <exception cref="ObjectDisposedException">The block was disposed of.</exception>
    public float* Pointer
    {
        get
        {
            Draw();
            return Current;
        }
    }

    /// <summary>The same values on a device; null where there are none.</summary>
    internal DeviceMirror? Mirror { get; set; }

    /// <summary>The first float, with nothing drawn; where the device has newer values, these.</summary>
    internal float* Current
    {
        get
        {
            Mirror?.Download();
            return arena.Pointer;
        }
    }

    /// <summary>The first float, whatever its value is now.</summary>
    internal float* Address => arena.Pointer;

    /// <summary>Grows with every change of the values.</summary>
    internal long Version => Volatile.Read(ref version);

    /// <summary>Called after every write to the values.</summary>
    internal void Changed() => Interlocked.Increment(ref version);

    /// <summary>Parameters whose initial values are still to be drawn.</summary>
    internal int Waiting => Volatile.Read(ref waiting);

    /// <summary>Parameters whose initial values were drawn.</summary>
    internal int Drawn { get; private set; }

    internal bool IsDisposed => arena.IsDisposed;

    /// <summary>Held while values are copied in or out, so that the memory is not given back meanwhile.</summary>
    internal object Gate { get; } = new();

    /// <summary>The parameter with this number in the table.</summary>
    /// <param name="index">From 0.</param>
    public ParameterView this[int index] => views[index];

    /// <summary>The parameter of this name.</summary>
    /// <param name="name">As in checkpoints: <c>conv1.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public ParameterView this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            if (byName.TryGetValue(name, out var view)) return view;
            throw new KeyNotFoundException($"There is no parameter '{name}'. There are: {string.Join(", ", views.Select(v => v.Name))}.");
        }
    }

    /// <summary>
    /// Gives every parameter its initial values. They depend on the seed and on the parameter's name, shape and initialiser: not on
    /// its storage, nor on what else is in the network. They are drawn when they are first wanted, so that a checkpoint which sets a
    /// parameter before that spares its draw.
    /// </summary>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ObjectDisposedException">The block was disposed of.</exception>
    public void Initialize(ulong seed)
    {
        lock (Gate)
        {
            _ = arena.Pointer;
            this.seed = seed;
            Array.Fill(waits, true);
            Volatile.Write(ref waiting, waits.Length);
        }
    }

    /// <summary>Draws all initial values that are still to be drawn. Called before anything reads the block as a whole.</summary>
    internal void Draw()
    {
        if (Waiting == 0) return;
        lock (Gate)
        {
            for (var number = 0; number < waits.Length && !IsDisposed; number++) Draw(number);
        }
    }

    /// <summary>Draws the initial values of one parameter, if they are still to be drawn. The caller holds the gate.</summary>
    internal void Draw(int number)
    {
        if (!waits[number]) return;
        Mirror?.Download();
        var parameter = Parameters[number];
        using var values = new Arena(parameter.Length);
        InitialValues.Draw(parameter, seed, values.Pointer);
        parameter.Pack(values.Pointer, arena.Pointer + parameter.Offset);
        Changed();
        Drawn++;
        Keep(number);
    }

    /// <summary>The parameter's values stay as they are now, whatever its initial values would be. The caller holds the gate.</summary>
    internal void Keep(int number)
    {
        if (!waits[number]) return;
        waits[number] = false;
        // Last: who sees that nothing waits reads the values.
        Volatile.Write(ref waiting, waiting - 1);
    }

    /// <summary>Sets everything to zero.</summary>
    /// <exception cref="ObjectDisposedException">The block was disposed of.</exception>
    public void Clear()
    {
        lock (Gate)
        {
            Mirror?.Download();
            arena.Clear();
            Changed();
            for (var number = 0; number < waits.Length; number++) Keep(number);
        }
    }

    /// <summary>Gives the memory back; views of it then refuse to work.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            Mirror?.Dispose();
            Mirror = null;
            arena.Dispose();
        }
    }
}
