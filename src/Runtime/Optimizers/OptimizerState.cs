using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>
/// What one optimizer remembers about the parameters of one training: blocks laid out like the parameters (momentum, moments), and
/// for every parameter the number of steps it took, which Adam's bias correction needs where programs train different parts.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class OptimizerState : IDisposable
{
    private readonly ParameterInfo[] parameters;
    private readonly string[] names;
    private readonly ParameterBlock[] slots;
    private readonly long[] steps;
    private readonly UpdateSegment[] segments;

    internal OptimizerState(Optimizer optimizer, ParameterInfo[] parameters, long length, ReadOnlySpan<string> names)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Optimizer = optimizer;
        this.parameters = parameters;
        this.names = names.ToArray();
        slots = new ParameterBlock[names.Length];
        for (var i = 0; i < slots.Length; i++) slots[i] = new ParameterBlock(parameters, length);
        steps = new long[parameters.Length];
        Numbers = new double[(optimizer as FullBatchOptimizer)?.Numbers ?? 0];

        // Kernels read it by address.
        segments = GC.AllocateArray<UpdateSegment>(Math.Max(parameters.Length, 1), pinned: true);
    }

    /// <summary>Whose state it is.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Names of the blocks, such as "momentum".</summary>
    public IReadOnlyList<string> SlotNames => names;

    /// <summary>The blocks, in the order of their names.</summary>
    public IReadOnlyList<ParameterBlock> Slots => slots;

    /// <summary>Steps that each parameter of the table took. Written to only by whoever restores a checkpoint.</summary>
    public Span<long> Steps => steps;

    internal Memory<long> StepMemory => steps;

    /// <summary>What is remembered of all parameters together, such as a damping. At least 0, and 0 at first.</summary>
    internal double[] Numbers { get; }

    internal UpdateSegment* Segments => (UpdateSegment*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref segments[0]);

    /// <summary>Forgets everything.</summary>
    /// <exception cref="ObjectDisposedException">The state was disposed of.</exception>
    public void Reset()
    {
        foreach (var slot in slots) slot.Clear();
        Array.Clear(steps);
        Array.Clear(Numbers);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var slot in slots) slot.Dispose();
    }

    internal float* SlotPointer(int index) => index < slots.Length ? slots[index].Pointer : null;

    /// <summary>
    /// Counts one step more for the parameters in the ranges and writes the segments: neighbours with equal counts become one. Returns
    /// how many there are.
    /// </summary>
    internal int Advance(ReadOnlySpan<ParameterRange> ranges)
    {
        var count = 0;
        var parameter = 0;
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Floats;
            while (parameter < parameters.Length && parameters[parameter].Offset < range.Offset) parameter++;
            for (; parameter < parameters.Length && parameters[parameter].Offset < end; parameter++)
            {
                var step = ++steps[parameter];
                var (offset, floats) = (parameters[parameter].Offset, parameters[parameter].Floats);
                if (count > 0 && segments[count - 1].Step == step && segments[count - 1].Offset + segments[count - 1].Floats == offset)
                {
                    segments[count - 1].Floats += floats;
                }
                else
                {
                    segments[count++] = new UpdateSegment { Offset = offset, Floats = floats, Step = step };
                }
            }
        }

        return count;
    }

    /// <summary>Counts a step that was not taken back again.</summary>
    internal void TakeBack(ReadOnlySpan<ParameterRange> ranges)
    {
        foreach (var range in ranges)
            for (var i = 0; i < parameters.Length; i++)
                if (parameters[i].Offset >= range.Offset && parameters[i].Offset < range.Offset + range.Floats) steps[i]--;
    }
}
