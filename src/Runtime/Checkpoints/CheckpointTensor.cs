using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Checkpoints;

/// <summary>A named tensor that checkpoints save and restore: a parameter, or something a training remembers.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public abstract class CheckpointTensor
{
    /// <summary>More steps than any training takes, and so far below the type's limit that none counts on beyond it.</summary>
    internal const long MostSteps = long.MaxValue / 2;

    private protected CheckpointTensor(string name, int[] shape)
    {
        Name = name;
        Shape = shape;
        Length = 1;
        foreach (var size in shape) Length = checked(Length * size);
    }

    /// <summary>Unique in the file.</summary>
    public string Name { get; }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    internal int[] Shape { get; }

    /// <summary>What the file calls the element type that is written.</summary>
    internal abstract string DataType { get; }

    /// <summary>All parameters of a block, in their order.</summary>
    /// <param name="block">The parameters.</param>
    /// <param name="nameInFile">From a parameter's name to that in the file; null, as what it returns, for the same name.</param>
    public static IReadOnlyList<CheckpointTensor> Of(ParameterBlock block, Func<string, string?>? nameInFile = null)
    {
        ArgumentNullException.ThrowIfNull(block);
        return [.. block.Views.Select(view => new Floats(nameInFile?.Invoke(view.Name) ?? view.Name, view))];
    }

    /// <summary>
    /// What an optimizer remembers: <c>optimizer.0.momentum.conv1.weight</c> for each of its blocks and parameters, and
    /// <c>optimizer.0.steps</c>, the steps each parameter took; <c>optimizer.0.numbers</c>, where it remembers something of all parameters together.
    /// </summary>
    /// <param name="state">The optimizer's state.</param>
    /// <param name="number">Tells the optimizers of one training apart.</param>
    public static IReadOnlyList<CheckpointTensor> Of(OptimizerState state, int number)
    {
        ArgumentNullException.ThrowIfNull(state);
        var tensors = new List<CheckpointTensor>();
        for (var slot = 0; slot < state.Slots.Count; slot++)
        {
            foreach (var view in state.Slots[slot].Views)
                tensors.Add(new Floats($"optimizer.{number}.{state.SlotNames[slot]}.{view.Name}", view, state.Optimizer.IsNonNegative(state.SlotNames[slot])));
        }

        tensors.Add(new Integers($"optimizer.{number}.steps", state.StepMemory, [MostSteps]));
        if (state.Accumulated is not null) tensors.Add(new Integers($"optimizer.{number}.parts", state.PartMemory, [int.MaxValue]));
        if (state.Numbers.Length > 0)
            tensors.Add(new Doubles($"optimizer.{number}.numbers", state.Numbers, x => x is >= 0 and <= 1e300, "a number from 0 to 1e300", x => x.CopyTo(state.Numbers, 0)));
        return tensors;
    }

    /// <summary>
    /// What an optimizer remembers of the rows of one input: <c>{name}.momentum</c> for each of its blocks, and <c>{name}.steps</c>. The file may
    /// have more or fewer rows: those without a place here are left there, those not in the file are zero.
    /// </summary>
    /// <param name="state">Of one parameter, whose first axis are the rows.</param>
    /// <param name="name">Unique in the file.</param>
    internal static IEnumerable<CheckpointTensor> OfRows(OptimizerState state, string name)
    {
        for (var slot = 0; slot < state.Slots.Count; slot++)
            yield return new Rows($"{name}.{state.SlotNames[slot]}", state.Slots[slot].Views[0], state.Optimizer.IsNonNegative(state.SlotNames[slot]));
        yield return new Integers($"{name}.steps", state.StepMemory, [MostSteps]);
        if (state.Accumulated is not null) yield return new Integers($"{name}.parts", state.PartMemory, [int.MaxValue]);
    }

    /// <summary>A state of all rows of the batch: <c>training.states.h</c>.</summary>
    internal static CheckpointTensor Of(StateView state)
    {
        var (shape, read, write) = state.Stored;
        return new Floats($"training.states.{state.Name}", shape, read, write);
    }

    /// <summary>A state with a sequence for each row: its steps, <c>training.states.memory</c>, and how many each row has, <c>training.states.memory.lengths</c>. A file may have more or fewer steps.</summary>
    /// <param name="name">Unique in the file.</param>
    /// <param name="shape">Rows, steps, and the shape of a step.</param>
    /// <param name="lengths">The steps of each row.</param>
    /// <param name="get">The values of that shape.</param>
    /// <param name="reserve">Makes room for so many steps.</param>
    /// <param name="set">Takes values, lengths and the steps that there are for each row; must not fail.</param>
    internal static IEnumerable<CheckpointTensor> OfSequence(string name, int[] shape, int[] lengths, Func<float[]> get, Action<int> reserve, SetSequence set)
    {
        var values = new SequenceValues(name, shape, get);
        return [values, new SequenceLengths($"{name}.lengths", lengths, values, reserve, set)];
    }

    internal delegate void SetSequence(ReadOnlySpan<float> values, ReadOnlySpan<int> lengths, int steps);

    /// <summary>Counters: none is negative.</summary>
    /// <param name="name">Unique in the file.</param>
    /// <param name="values">Read when saving, written when loading.</param>
    public static CheckpointTensor Of(string name, Memory<long> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Integers(name, values, [long.MaxValue]);
    }

    /// <summary>Counters, each with a limit of its own.</summary>
    /// <param name="name">Unique in the file.</param>
    /// <param name="values">Read when saving, written when loading.</param>
    /// <param name="largest">The largest number that each may have, in their order; the last holds for the rest.</param>
    internal static CheckpointTensor Of(string name, Memory<long> values, long[] largest) => new Integers(name, values, largest);

    /// <summary>Numbers that a training is set to, in double precision.</summary>
    /// <param name="name">Unique in the file.</param>
    /// <param name="values">Written when saving.</param>
    /// <param name="isValid">What a number read must be.</param>
    /// <param name="expected">That in words.</param>
    /// <param name="set">Takes what was read; must not fail.</param>
    internal static CheckpointTensor Of(string name, double[] values, Func<double, bool> isValid, string expected, Action<double[]> set) => new Doubles(name, values, isValid, expected, set);

    /// <summary>What the file's shape must be, in words.</summary>
    internal virtual string ExpectedShape => $"[{string.Join(", ", Shape)}]";

    /// <summary>Whether it can be set from a tensor of this shape.</summary>
    internal virtual bool Accepts(SafetensorsEntry entry) => entry.HasShape(Shape);

    /// <summary>The elements as the file has them: 4 or 8 bytes each, little endian.</summary>
    internal abstract void Write(TensorWriter writer);

    /// <summary>Reads and checks; what it returns sets the values, and cannot fail.</summary>
    internal abstract Action Read(TensorReader reader, bool finite);

    private class Floats(string name, int[] shape, Func<float[]> get, Action<float[]> set, bool isNonNegative = false) : CheckpointTensor(name, shape)
    {
        public Floats(string name, ParameterView view, bool isNonNegative = false) : this(name, view.Shape.ToArray(), view.ToArray, values => view.CopyFrom(values), isNonNegative)
        {
        }

        internal override string DataType => "F32";

        internal override void Write(TensorWriter writer)
        {
            var values = get();
            for (var i = 0; i < values.Length; i++)
                if (!float.IsFinite(values[i])) throw writer.Fail($"tensor '{Name}' has {values[i]} at element {i}, which no Load would take; nothing was written.", Name);
            writer.Write(values);
        }

        internal override Action Read(TensorReader reader, bool finite)
        {
            var values = ReadValues(reader, finite);
            if (isNonNegative && Array.FindIndex(values, v => v < 0) is >= 0 and var i) throw reader.Fail($"tensor '{Name}' has {values[i]} at element {i}; expected no negative number.");
            return () => set(values);
        }

        private protected virtual float[] ReadValues(TensorReader reader, bool finite) => reader.ReadFloats(Length, finite);
    }

    private sealed class Rows(string name, ParameterView view, bool isNonNegative) : Floats(name, view, isNonNegative)
    {
        internal override string ExpectedShape => $"[rows, {Shape[1]}]";

        internal override bool Accepts(SafetensorsEntry entry) => entry.Shape.Length == 2 && entry.Shape[1] == Shape[1];

        private protected override float[] ReadValues(TensorReader reader, bool finite)
        {
            var values = new float[Length];
            reader.ReadFloats((int)Math.Min(reader.Rows, Shape[0]) * Shape[1], finite).CopyTo(values, 0);
            return values;
        }
    }

    /// <summary>Read before the lengths, which are what says how much of it there is.</summary>
    private sealed class SequenceValues(string name, int[] shape, Func<float[]> get) : CheckpointTensor(name, shape)
    {
        private readonly int _perStep = shape.Skip(2).Aggregate(1, (length, size) => length * size);
        private int _steps;

        public float[] Values { get; private set; } = [];

        public int Steps => _steps;

        internal override string DataType => "F32";

        internal override string ExpectedShape => $"[{string.Join(", ", Shape.Select((size, axis) => axis == 1 ? "steps" : $"{size}"))}]";

        internal override bool Accepts(SafetensorsEntry entry)
        {
            if (entry.Shape.Length != Shape.Length || entry.Shape[1] < 1 || entry.Shape[1] > int.MaxValue / ((long)Shape[0] * _perStep)) return false;
            for (var axis = 0; axis < Shape.Length; axis++)
                if (axis != 1 && entry.Shape[axis] != Shape[axis]) return false;
            _steps = (int)entry.Shape[1];
            return true;
        }

        internal override void Write(TensorWriter writer)
        {
            var values = get();
            if (Array.FindIndex(values, v => !float.IsFinite(v)) is >= 0 and var i) throw writer.Fail($"tensor '{Name}' has {values[i]} at element {i}, which no Load would take; nothing was written.", Name);
            writer.Write(values);
        }

        internal override Action Read(TensorReader reader, bool finite)
        {
            Values = reader.ReadFloats(Shape[0] * _steps * _perStep, finite);
            return () => { };
        }
    }

    private sealed class SequenceLengths(string name, int[] lengths, SequenceValues values, Action<int> reserve, SetSequence set) : CheckpointTensor(name, [lengths.Length])
    {
        internal override string DataType => "I64";

        internal override void Write(TensorWriter writer) => writer.Write(Array.ConvertAll(lengths, length => (long)length));

        internal override Action Read(TensorReader reader, bool finite)
        {
            var read = reader.ReadIntegers(Length);
            if (Array.FindIndex(read, length => length < 0 || length > values.Steps) is >= 0 and var i) throw reader.Fail($"tensor '{Name}' has {read[i]} at element {i}; expected a length from 0 to {values.Steps}.");
            reserve(values.Steps);
            return () => set(values.Values, Array.ConvertAll(read, length => (int)length), values.Steps);
        }
    }

    private sealed class Integers(string name, Memory<long> memory, long[] largest) : CheckpointTensor(name, [memory.Length])
    {
        internal override string DataType => "I64";

        internal override void Write(TensorWriter writer) => writer.Write(memory.Span);

        internal override Action Read(TensorReader reader, bool finite)
        {
            var values = reader.ReadIntegers(Length);
            for (var i = 0; i < values.Length; i++)
            {
                var limit = largest[Math.Min(i, largest.Length - 1)];
                if (values[i] < 0 || values[i] > limit) throw reader.Fail($"tensor '{Name}' has {values[i]} at element {i}; expected a count from 0 to {limit}.");
            }
            return () => values.CopyTo(memory);
        }
    }

    private sealed class Doubles(string name, double[] values, Func<double, bool> isValid, string expected, Action<double[]> set) : CheckpointTensor(name, [values.Length])
    {
        internal override string DataType => "F64";

        internal override void Write(TensorWriter writer) => writer.Write(Array.ConvertAll(values, BitConverter.DoubleToInt64Bits));

        internal override Action Read(TensorReader reader, bool finite)
        {
            var read = reader.ReadDoubles(Length);
            if (Array.FindIndex(read, v => !isValid(v)) is >= 0 and var i) throw reader.Fail($"tensor '{Name}' has {read[i]} at element {i}; expected {expected}.");
            return () => set(read);
        }
    }
}
