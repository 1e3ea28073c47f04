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
    private readonly long[] parts;
    private readonly int[] groups;
    private readonly UpdateSegment[] segments;
    private Arena? noise;

    internal OptimizerState(Optimizer optimizer, ParameterInfo[] parameters, long length, ReadOnlySpan<string> names)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Optimizer = optimizer;
        this.parameters = parameters;
        this.names = names.ToArray();
        slots = new ParameterBlock[names.Length];
        for (var i = 0; i < slots.Length; i++) slots[i] = new ParameterBlock(parameters, length);
        steps = new long[parameters.Length];
        parts = new long[parameters.Length];
        groups = Array.ConvertAll(parameters, p => optimizer.GroupOf(p.Name));
        Average = Slot(Optimizer.AverageSlot);
        Accumulated = Slot(Optimizer.AccumulatedSlot);
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

    /// <summary>The parameters themselves.</summary>
    internal ParameterInfo[] Parameters => parameters;

    /// <summary>Running means of the parameters; null where none are kept.</summary>
    internal ParameterBlock? Average { get; }

    /// <summary>Sums of gradients; null where every step moves.</summary>
    internal ParameterBlock? Accumulated { get; }

    /// <summary>How many gradients each parameter's sum is of.</summary>
    internal Memory<long> PartMemory => parts;

    /// <summary>What is remembered of all parameters together, such as a damping. At least 0, and 0 at first.</summary>
    internal double[] Numbers { get; }

    internal UpdateSegment* Segments => (UpdateSegment*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref segments[0]);

    /// <summary>Forgets everything.</summary>
    /// <exception cref="ObjectDisposedException">The state was disposed of.</exception>
    public void Reset()
    {
        foreach (var slot in slots) slot.Clear();
        Array.Clear(steps);
        Array.Clear(parts);
        Array.Clear(Numbers);
    }

    /// <summary>Room for the largest parameter, row by row, and after <see cref="LargestFloats"/> as it is stored. Taken at the first call.</summary>
    internal float* NoiseRoom()
    {
        if (noise is null)
        {
            foreach (var parameter in parameters) LargestFloats = Math.Max(LargestFloats, parameter.Floats);
            noise = new Arena(2 * LargestFloats);
        }
        return noise.Pointer;
    }

    /// <summary>Floats of the largest parameter.</summary>
    internal long LargestFloats { get; private set; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (var slot in slots) slot.Dispose();
        noise?.Dispose();
    }

    internal float* SlotPointer(int index) => index < slots.Length ? slots[index].Pointer : null;

    /// <summary>
    /// Counts steps for the parameters in the ranges and writes the segments: neighbours of one group with equal counts become one. Returns
    /// how many there are.
    /// </summary>
    internal int Segment(ReadOnlySpan<ParameterRange> ranges, int steps)
    {
        var count = 0;
        var parameter = 0;
        foreach (var range in ranges)
        {
            var end = range.Offset + range.Floats;
            while (parameter < parameters.Length && parameters[parameter].Offset < range.Offset) parameter++;
            for (; parameter < parameters.Length && parameters[parameter].Offset < end; parameter++)
            {
                var step = this.steps[parameter] += steps;
                var (offset, floats) = (parameters[parameter].Offset, parameters[parameter].Floats);
                if (count > 0 && segments[count - 1].Step == step && segments[count - 1].Group == groups[parameter] && segments[count - 1].Offset + segments[count - 1].Floats == offset)
                {
                    segments[count - 1].Floats += floats;
                }
                else
                {
                    segments[count++] = new UpdateSegment { Offset = offset, Floats = floats, Step = step, Group = groups[parameter] };
                }
            }
        }

        return count;
    }

    /// <summary>Whether the gradients that come now complete a sum of that many. The first parameter of the ranges counts for all.</summary>
    internal bool IsLastOf(int count, ReadOnlySpan<ParameterRange> ranges) => ranges.Length == 0 || parts[First(ranges)] + 1 >= count;

    /// <summary>Counts gradients that were added to the sums.</summary>
    internal void CountPart(ReadOnlySpan<ParameterRange> ranges)
    {
        for (var i = 0; i < parameters.Length; i++)
            if (Contains(ranges, i)) parts[i]++;
    }

    /// <summary>The sums were used: new ones begin.</summary>
    internal void EndParts(ReadOnlySpan<ParameterRange> ranges, UpdatePasses passes)
    {
        foreach (var range in ranges) passes.Clear(passes.Place(Accumulated!) + range.Offset, range.Floats);
        for (var i = 0; i < parameters.Length; i++)
            if (Contains(ranges, i)) parts[i] = 0;
    }

    /// <summary>Takes back the count of a step that did not come about.</summary>
    internal void TakeBack(ReadOnlySpan<ParameterRange> ranges)
    {
        for (var i = 0; i < parameters.Length; i++)
            if (Contains(ranges, i)) steps[i]--;
    }

    internal bool Contains(ReadOnlySpan<ParameterRange> ranges, int parameter)
    {
        var offset = parameters[parameter].Offset;
        foreach (var range in ranges)
            if (offset >= range.Offset && offset < range.Offset + range.Floats) return true;
        return false;
    }

    private int First(ReadOnlySpan<ParameterRange> ranges)
    {
        var first = 0;
        while (parameters[first].Offset < ranges[0].Offset) first++;
        return first;
    }

    private ParameterBlock? Slot(string name) => Array.IndexOf(names, name) is >= 0 and var index ? slots[index] : null;
}
