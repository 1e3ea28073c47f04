using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>How a parameter lies in the parameter block; the same names as Kiln.Kernels.ParameterStorage in the runtime.</summary>
internal enum ParameterStorage
{
    /// <summary>Row-major as declared, padded with zeros to 16 floats.</summary>
    Flat,

    /// <summary>A declared [K, M] matrix in panels.</summary>
    Panels,

    /// <summary>A dense weight: panels of [inputs, units]; in checkpoints [units, inputs].</summary>
    TransposedPanels,

    /// <summary>A convolution weight [M, C, H, W]: panels with K = (row, column, channel).</summary>
    ConvolutionPanels,
}

/// <summary>A parameter and its place, in floats, in the parameter, gradient and optimizer blocks.</summary>
internal sealed record StoredParameter(Parameter Parameter, ParameterStorage Storage, int Offset, int Floats);

/// <summary>What of a program an entry point computes.</summary>
internal enum Entry
{
    /// <summary>All of it.</summary>
    Main,

    /// <summary>Of a Learn program, its loss and monitors.</summary>
    Loss,

    /// <summary>The same as the network is used.</summary>
    InUse,

    /// <summary>Residuals and their Jacobian, or a Hessian, as outputs.</summary>
    Curvature,
}

/// <param name="EntryPoint">The method of the kernels class: "Learn", "LearnLoss", "Predict", …</param>
/// <param name="HasGradients">It writes the gradient block (and InputGradient buffers).</param>
/// <param name="Scalars">Loss and monitors written to Frame.Scalars.</param>
/// <param name="Assigned">Parameters that take a new value after success, and where that value lies.</param>
/// <param name="InputGradients">Input index and place in the arena (FixedFloats-relative offset · per-row offset) of the gradient of each [Optimized] input, row-major and dense.</param>
/// <param name="FixedFloats">Arena floats that do not depend on the batch.</param>
/// <param name="FloatsPerRow">Arena floats per row of capacity.</param>
/// <param name="RowsApart">A capacity of less than 16 rows can be any number, else it is 16.</param>
internal sealed record CompiledProgram(
    Program Program, Entry Entry, string EntryPoint, bool HasGradients, int Scalars, EquatableArray<AssignedPlace> Assigned,
    EquatableArray<InputGradientPlace> InputGradients, int FixedFloats, int FloatsPerRow, bool RowsApart)
{
    /// <summary>Memory of values over time, in the order of Frame.Pools from 1; it follows the arena's floats above.</summary>
    public EquatableArray<TimePool> Pools { get; init; } = [];

    /// <summary>States that take a new value after success, and where that value lies.</summary>
    public EquatableArray<AssignedState> States { get; init; } = [];

    /// <summary>Sequence states that take a new value after success, and where that value lies.</summary>
    public EquatableArray<AssignedSequence> Sequences { get; init; } = [];

    /// <summary>Something takes a new value after success that a state keeps.</summary>
    public bool AssignsStates => States.Count + Sequences.Count > 0;

    /// <summary>It reads or assigns a state: then a call has no more rows than there are states.</summary>
    public bool UsesStates => AssignsStates || Program.Graph.Nodes.Any(n => n.Operator is StateRead) || Program.Inputs.Any(i => i.State.Length > 0) || Program.Graph.Outputs.Any(o => o.Role is Role.State or Role.SequenceState);
}

/// <summary>Values over the same axes of time share a pool: it has Capacity · Π (steps + 1) rows.</summary>
/// <param name="Axes">Of each axis its index in Program.TimeAxes and its stride, or the number of steps where that is fixed (else 0).</param>
internal sealed record TimePool(EquatableArray<(int Axis, int Stride, int Fixed)> Axes, int FloatsPerRow);

/// <summary>The new value of the state of that number in Network.States lies in Rows at Arena + FixedFloats + Offset · Capacity.</summary>
internal sealed record AssignedState(int State, int Offset);

/// <summary>
/// The new value of the sequence state of that number in Network.SequenceStates lies in Rows in the pool of that number (from 1), at Offset times the pool's rows: row n of step t is its
/// row t · rows + n. How many steps of each row are live lies in Rows at Arena + FixedFloats + Lengths · Capacity, as numbers.
/// </summary>
internal sealed record AssignedSequence(int State, int Pool, int Offset, int Lengths);

/// <summary>The gradient of an [Optimized] input starts at Arena + Fixed + PerRow · Capacity and has rows · length floats without gaps.</summary>
internal sealed record InputGradientPlace(int Input, int Fixed, int PerRow);

/// <summary>The new value of the parameter of that number in the network's list starts at Arena + Offset, laid out as the parameter is.</summary>
internal sealed record AssignedPlace(int Parameter, int Offset);

/// <summary>What the emission of the API needs to know of the compiled kernels.</summary>
/// <param name="KernelsSource">The kernels file.</param>
internal sealed record CompiledNetwork(
    Network Network, EquatableArray<StoredParameter> Parameters, int ParameterFloats, int ConstantFloats, int PreparedFloats,
    EquatableArray<CompiledProgram> Programs, string KernelsSource)
{
    /// <summary>The files for GPUs; null where the network is for the CPU alone.</summary>
    public GpuSources? Gpu { get; init; }
}

/// <summary>The two files of a network for GPUs.</summary>
/// <param name="Host">Its programs: which kernels are started, over which memory.</param>
/// <param name="Kernels">The kernels: compiled by ILGPU after the project, and no part of it.</param>
internal sealed record GpuSources(string Host, string Kernels);
