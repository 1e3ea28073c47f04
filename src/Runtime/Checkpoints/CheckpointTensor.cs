using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Checkpoints;

/// <summary>A named tensor that checkpoints save and restore: a parameter, or something a training remembers.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public abstract class CheckpointTensor
{
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

    /// <summary>All parameters of a block, under their own names.</summary>
    /// <param name="block">The parameters.</param>
    public static IReadOnlyList<CheckpointTensor> Of(ParameterBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return [.. block.Views.Select(view => new Floats(view.Name, view))];
    }

    /// <summary>
    /// What an optimizer remembers: <c>optimizer.0.momentum.conv1.weight</c> for each of its blocks and parameters, and
    /// <c>optimizer.0.steps</c>, the steps each parameter took.
    /// </summary>
    /// <param name="state">The optimizer's state.</param>
    /// <param name="number">Tells the optimizers of one training apart.</param>
    public static IReadOnlyList<CheckpointTensor> Of(OptimizerState state, int number)
    {
        ArgumentNullException.ThrowIfNull(state);
        var tensors = new List<CheckpointTensor>();
        for (var slot = 0; slot < state.Slots.Count; slot++)
        {
            foreach (var view in state.Slots[slot].Views) tensors.Add(new Floats($"optimizer.{number}.{state.SlotNames[slot]}.{view.Name}", view));
        }

        tensors.Add(new Integers($"optimizer.{number}.steps", state.StepMemory));
        return tensors;
    }

    /// <summary>Counters.</summary>
    /// <param name="name">Unique in the file.</param>
    /// <param name="values">Read when saving, written when loading.</param>
    public static CheckpointTensor Of(string name, Memory<long> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Integers(name, values);
    }

    /// <summary>The elements as the file has them: 4 or 8 bytes each, little endian.</summary>
    internal abstract void Write(TensorWriter writer);

    /// <summary>Reads and checks; what it returns sets the values, and cannot fail.</summary>
    internal abstract Action Read(TensorReader reader, bool finite);

    private sealed class Floats(string name, ParameterView view) : CheckpointTensor(name, view.Shape.ToArray())
    {
        internal override string DataType => "F32";

        internal override void Write(TensorWriter writer) => writer.Write(view.ToArray());

        internal override Action Read(TensorReader reader, bool finite)
        {
            var values = reader.ReadFloats(Length, finite);
            return () => view.CopyFrom(values);
        }
    }

    private sealed class Integers(string name, Memory<long> memory) : CheckpointTensor(name, [memory.Length])
    {
        internal override string DataType => "I64";

        internal override void Write(TensorWriter writer) => writer.Write(memory.Span);

        internal override Action Read(TensorReader reader, bool finite)
        {
            var values = reader.ReadIntegers(Length);
            return () => values.CopyTo(memory);
        }
    }
}
