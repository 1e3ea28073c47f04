using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>
/// Everything one call of a program works on. The generated class fills it; kernels read it and check nothing.
/// All memory is 64-byte aligned and its sizes come from the build-time plan.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public unsafe struct Frame
{
    /// <summary>The most inputs and outputs a program can have.</summary>
    public const int MaxArguments = 32;

    /// <summary>The most numbers a program can give besides its outputs: loss, monitors, statistics of layers.</summary>
    public const int MaxScalars = 256;

    /// <summary>The most axes of time, and the most pools of values over time, that a program can have.</summary>
    public const int MaxAxes = 8, MaxPools = 16;

    /// <summary>Weights of the network, in the kernels' layout.</summary>
    public float* Parameters;

    /// <summary>Gradient of the mean loss, laid out as <see cref="Parameters"/>. Null where there is no training.</summary>
    public float* Gradients;

    /// <summary>Constants of the network, in the kernels' layout: written once, when the program's memory is made.</summary>
    public float* Constants;

    /// <summary>Parameters in other forms, for Predict programs: computed when parameters have changed.</summary>
    public float* Prepared;

    /// <summary>Memory of this call's intermediate values; its size is Program.FixedFloats + Capacity · Program.FloatsPerRow.</summary>
    public float* Arena;

    /// <summary>
    /// Numbers of the stage that runs: where its values lie, and their sizes. Stages that do the same with other numbers are one method,
    /// which reads them here.
    /// </summary>
    public int* Places;

    /// <summary>On a device: what starts kernels (<see cref="DeviceRun.Of"/>); then all other addresses are the device's. 0 on the CPU.</summary>
    public nint Device;

    /// <summary>On a device: seed, step and first sample of the call, two ints each, and from <see cref="DeviceRun.FirstScalar"/> on its results.</summary>
    public int* Numbers;

    /// <summary>Live rows of this call, at least 1.</summary>
    public int Rows;

    /// <summary>Rows the arena was made for: a multiple of 16, or less than that.</summary>
    public int Capacity;

    /// <summary>Values that outlive the call: [state][row][elements, padded to 16], so many rows as <see cref="Capacity"/>.</summary>
    public float* States;

    /// <summary>Key of the random numbers.</summary>
    public ulong Seed;

    /// <summary>Counts the calls of this program, so that each draws afresh.</summary>
    public ulong Step;

    /// <summary>Number of the first row among all samples of the step (zero unless several machines share it).</summary>
    public ulong FirstSample;

    /// <summary>The caller's spans, pinned, in the program's order (float*, int* or byte*).</summary>
    public fixed ulong Inputs[MaxArguments];

    /// <summary>The caller's output spans, pinned, in the program's order.</summary>
    public fixed ulong Outputs[MaxArguments];

    /// <summary>Steps of each axis of time in this call: of its longest sample.</summary>
    public fixed int Steps[MaxAxes];

    /// <summary>The caller's lengths of each axis, pinned (int*): the live steps of every row.</summary>
    public fixed ulong Lengths[MaxAxes];

    /// <summary>Where the values over time of each pool begin (float*), and its rows: <see cref="Capacity"/> times one more than its steps. Pool 0 has no time and is not here.</summary>
    public fixed ulong Pools[MaxPools];

    /// <inheritdoc cref="Pools"/>
    public fixed long PoolRows[MaxPools];

    /// <summary>Loss (index 0) and monitored scalars (from 1), as the call leaves them.</summary>
    public fixed float Scalars[MaxScalars];
}

