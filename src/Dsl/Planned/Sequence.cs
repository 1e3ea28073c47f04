namespace Kiln;

/// <summary>Frames over a run-time time axis; each row has its own length. This version reports it as an error (operator not available yet).</summary>
public partial class Sequence : Value<Sequence>
{
    private protected Sequence() { }

    private static Sequence No => throw new BuildTimeOnly();

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The same for every frame.</param>
    /// <param name="b">The frames.</param>
    public static Sequence operator +(Tensor a, Sequence b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The frames.</param>
    /// <param name="b">The same for every frame.</param>
    public static Sequence operator +(Sequence a, Tensor b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The same for every frame.</param>
    /// <param name="b">The frames.</param>
    public static Sequence operator -(Tensor a, Sequence b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The frames.</param>
    /// <param name="b">The same for every frame.</param>
    public static Sequence operator -(Sequence a, Tensor b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The same for every frame.</param>
    /// <param name="b">The frames.</param>
    public static Sequence operator *(Tensor a, Sequence b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The frames.</param>
    /// <param name="b">The same for every frame.</param>
    public static Sequence operator *(Sequence a, Tensor b) => No;

    /// <summary>Every frame with the same tensor. This version reports it as an error (operator not available yet).</summary>
    /// <param name="a">The frames.</param>
    /// <param name="b">The same for every frame.</param>
    public static Sequence operator /(Sequence a, Tensor b) => No;

    /// <summary>The same for every frame. This version reports it as an error (operator not available yet).</summary>
    /// <param name="frame">One frame's program.</param>
    public Sequence Map(Func<Tensor, Tensor> frame) => No;

    /// <summary>A tensor after every frame's elements. This version reports it as an error (operator not available yet).</summary>
    /// <param name="everyFrame">What follows.</param>
    public Sequence Concat(Tensor everyFrame) => No;

    /// <summary>A recurrence. This version reports it as an error (operator not available yet).</summary>
    /// <typeparam name="TState">Tensors in any arrangement.</typeparam>
    /// <param name="initial">The state before the first frame.</param>
    /// <param name="step">One step.</param>
    public (Sequence Outputs, TState Last) Scan<TState>(TState initial, Func<TState, Tensor, (Tensor Output, TState Next)> step) => throw new BuildTimeOnly();

    /// <summary>A recurrence whose output is its state. This version reports it as an error (operator not available yet).</summary>
    /// <param name="initial">The state before the first frame.</param>
    /// <param name="step">One step.</param>
    public (Sequence Outputs, Tensor Last) Scan(Tensor initial, Func<Tensor, Tensor, Tensor> step) => throw new BuildTimeOnly();

    /// <summary>Backwards, row by row. This version reports it as an error (operator not available yet).</summary>
    public Sequence Reverse() => No;

    /// <summary>Later by so many steps, zeros first. This version reports it as an error (operator not available yet).</summary>
    /// <param name="steps">How many.</param>
    public Sequence Shift(int steps) => No;

    /// <summary>Frames of neighbours, [size, ...frame]. This version reports it as an error (operator not available yet).</summary>
    /// <param name="size">How many neighbours.</param>
    /// <param name="stride">Their step.</param>
    /// <param name="dilation">Their distance.</param>
    /// <param name="padding">A constant of Padding.</param>
    public Sequence Window(int size, int stride = 1, int dilation = 1, int padding = Padding.Same) => No;

    /// <summary>Frames of the neighbours up to now. This version reports it as an error (operator not available yet).</summary>
    /// <param name="size">How many neighbours.</param>
    /// <param name="dilation">Their distance.</param>
    public Sequence CausalWindow(int size, int dilation = 1) => No;

    /// <summary>A window, then a dense layer. This version reports it as an error (operator not available yet).</summary>
    /// <param name="channels">Outputs per frame.</param>
    /// <param name="kernel">How many neighbours.</param>
    /// <param name="stride">Their step.</param>
    /// <param name="dilation">Their distance.</param>
    /// <param name="padding">A constant of Padding.</param>
    public Sequence ConvOverTime(int channels, int kernel, int stride = 1, int dilation = 1, int padding = Padding.Same) => No;

    /// <summary>The first frame. This version reports it as an error (operator not available yet).</summary>
    public Tensor First() => throw new BuildTimeOnly();

    /// <summary>The last frame of every row. This version reports it as an error (operator not available yet).</summary>
    public Tensor Last() => throw new BuildTimeOnly();

    /// <summary>The sum over time. This version reports it as an error (operator not available yet).</summary>
    public Tensor SumOverTime() => throw new BuildTimeOnly();

    /// <summary>The mean over time. This version reports it as an error (operator not available yet).</summary>
    public Tensor MeanOverTime() => throw new BuildTimeOnly();

    /// <summary>The maximum over time. This version reports it as an error (operator not available yet).</summary>
    public Tensor MaxOverTime() => throw new BuildTimeOnly();

    /// <summary>Softmax along time. This version reports it as an error (operator not available yet).</summary>
    public Sequence SoftmaxOverTime() => No;

    /// <summary>The cross-entropy of every frame. This version reports it as an error (operator not available yet).</summary>
    /// <param name="labels">One per frame.</param>
    public Sequence CrossEntropy(TokenSequence labels) => No;

    /// <summary>Connectionist temporal classification. Graves et al. 2006. This version reports it as an error (operator not available yet).</summary>
    /// <param name="labels">Without blanks.</param>
    /// <param name="blank">The blank's class.</param>
    public Tensor Ctc(TokenSequence labels, int blank = 0) => throw new BuildTimeOnly();

    /// <summary>The greatest element of every frame. This version reports it as an error (operator not available yet).</summary>
    public TokenSequence ArgMax() => throw new BuildTimeOnly();

    /// <summary>Time as an axis, where its length is known at build time. This version reports it as an error (operator not available yet).</summary>
    public Tensor ToTensor() => throw new BuildTimeOnly();

    /// <summary>Decoding: runs a step until it gives the end, or so many times. This version reports it as an error (operator not available yet).</summary>
    /// <typeparam name="TState">Tensors in any arrangement.</typeparam>
    /// <param name="initial">The state before the first token.</param>
    /// <param name="start">The first token.</param>
    /// <param name="end">The last one.</param>
    /// <param name="max">The greatest length.</param>
    /// <param name="step">One step.</param>
    public static TokenSequence Generate<TState>(TState initial, Labels start, int end, int max, Func<TState, Labels, (Labels Token, TState Next)> step) => throw new BuildTimeOnly();
}

public partial class Tensor
{
    /// <summary>The derivative of this with respect to frames. This version reports it as an error (operator not available yet).</summary>
    /// <param name="xs">What this was computed from.</param>
    public Sequence Gradient(Sequence xs) => throw new BuildTimeOnly();

    /// <summary>An axis becomes time. This version reports it as an error (operator not available yet).</summary>
    /// <param name="axis">The axis.</param>
    public Sequence AsSequence(int axis = 0) => throw new BuildTimeOnly();

    /// <summary>The same frame at every step. This version reports it as an error (operator not available yet).</summary>
    /// <param name="time">Gives the lengths.</param>
    public Sequence RepeatOver(Sequence time) => throw new BuildTimeOnly();
}
