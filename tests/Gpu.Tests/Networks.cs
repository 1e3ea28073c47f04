using Kiln;

namespace Gpu.Tests;

/// <summary>A stack with whatever learns otherwise than it is used.</summary>
[Network, Input(20)]
[Dense(33), BatchNorm, Relu, Dropout(0.25), Dense(17, L1 = 1e-3), Tanh, Dense(5)]
[CrossEntropy]
public sealed partial class Stack;

/// <summary>A small LeNet on bytes.</summary>
[Network, Input(1, 12, 12, Bytes = true, Scale = 1 / 255.0)]
[Conv2D(4, Kernel = 3, Padding = Padding.Same), BatchNorm, Relu, MaxPool2D(2)]
[Conv2D(6, Kernel = 3), Tanh, AveragePool2D(2)]
[Flatten, Dense(10), CrossEntropy]
public sealed partial class SmallLeNet;

/// <summary>A recurrence over sequences, bidirectional, and one over their steps.</summary>
[Network, Input(7, Sequence = true)]
[Lstm(9, Bidirectional = true), Gru(6), LastState, Dense(4), CrossEntropy]
public sealed partial class Reader;

/// <summary>A state that a stream keeps from step to step, and a running mean that its Learn program assigns.</summary>
[Network]
public sealed partial class Stream
{
    static readonly State Memory = new(6);
    static readonly Dense Cell = new(6), Head = new(2);
    static readonly Parameter Mean = new(3) { Trainable = false };

    [Predict]
    static Tensor Next([Shape(3)] Tensor x)
    {
        var next = Cell.Apply(Tensor.Concat([x - Mean, Memory.Value])).Tanh();
        Memory.Assign(next);
        return Head.Apply(next);
    }

    [Learn]
    static Loss Fit([Shape(3)] Tensor x, [Shape(2)] Tensor y)
    {
        Mean.Assign(0.9 * Mean + 0.1 * x.BatchMean());
        return (Next(x) - y).Square().Sum();
    }
}

/// <summary>A network whose products are rounded on a device, and not on the CPU.</summary>
[Network(Targets = Target.Cpu | Target.Gpu, Precision = Precision.TensorFloat32), Input(1, 28, 28, Bytes = true, Scale = 1 / 255.0)]
[Conv2D(4, Kernel = 5, Stride = 3), Relu, Flatten, Dense(10), CrossEntropy]
public sealed partial class RoundedDigits;

/// <summary>A curve, for optimizers over all rows.</summary>
[Network(Targets = Target.Cpu | Target.Gpu), Input(1), Dense(8), Tanh, Dense(1), SquaredError]
public sealed partial class Curve;

/// <summary>The next letter of a text, with a state that goes on from window to window.</summary>
[Network]
public sealed partial class Letters
{
    static readonly Embedding Embedded = new(5, 4);
    static readonly Gru Cell = new(6);
    static readonly State Last = new(6);
    static readonly Dense Scores = new(5);

    [Learn]
    static Loss Learn([Vocabulary(5), Time("t")] TokenSequence text, [Vocabulary(5), Time("t")] TokenSequence next)
    {
        var (read, last) = Cell.Apply(text.Apply(Embedded), Last.Value);
        Last.Assign(last);
        return read.Apply(Scores).CrossEntropy(next).MeanOverTime();
    }
}
