using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>What a step's work is divided along.</summary>
internal enum Domain
{
    /// <summary>The batch, 16 rows at a time: such steps follow each other without a barrier.</summary>
    Batch,

    /// <summary>The batch, a row at a time; likewise.</summary>
    Row,

    /// <summary>Its output.</summary>
    Output,
}

/// <summary>One piece of computation over stored values.</summary>
/// <param name="Comment">The user's expression and the shapes, for the emitted code.</param>
internal abstract record Step(string Comment, Domain Domain, EquatableArray<Buffer> Reads, EquatableArray<Buffer> Writes)
{
    /// <summary>The axes of time that it runs over, step by step or all steps at once; none of a step over outputs.</summary>
    public virtual EquatableArray<TimeAxis> Time => Domain == Domain.Output ? [] : Writes[0].Time;

    /// <summary>It needs to know which step of time it is at, or reads values that are the same at several of them.</summary>
    public virtual bool NeedsSteps => Reads.Any(r => r.Batched && r.Time != Time) || Reads.Concat(Writes).Any(b => b is { State: not null, Time.Count: > 1 });

    /// <summary>It reads other steps of time than the one it is at.</summary>
    public virtual bool CrossesTime => false;

    /// <summary>The domain of a step over batched values: with an image in Channels, rows; with anything in Lanes, blocks of 16.</summary>
    protected static Domain Over(params Buffer?[] buffers) =>
        buffers.Any(b => b?.Storage == Storage.Lanes) || !buffers.Any(b => b?.Storage == Storage.Channels) ? Domain.Batch : Domain.Row;
}

internal enum MapMode
{
    /// <summary>Per 16-sample block; vectors hold samples.</summary>
    Lanes,

    /// <summary>Per row; vectors hold features.</summary>
    Rows,

    /// <summary>Per row; vectors hold channels. A last loop that all operands have is padded to 16.</summary>
    Channels,

    /// <summary>Without batch axis; vectors hold elements of equal place in all operands.</summary>
    Flat,

    /// <summary>Without batch axis, one element at a time.</summary>
    Scalars,

    /// <summary>The sum of all elements of operands that lie alike: 16 chains, element i on chain i mod 16, then the tree.</summary>
    Total,
}

/// <summary>target[index of loops] = value, or its sum or maximum over the inner loops (ascending, in segments of 256).</summary>
internal sealed record Map(
    string Comment, MapMode Mode, Buffer Target, EquatableArray<Loop> Loops, Affine Index, Scalar Value,
    Reduction? Fold, EquatableArray<Loop> Inner, EquatableArray<Buffer> Sources)
    : Step(Comment, Mode switch { MapMode.Lanes or MapMode.Rows => Domain.Batch, MapMode.Channels => Domain.Row, _ => Domain.Output }, Sources, [Target])
{
    public override bool NeedsSteps => base.NeedsSteps || Expressions.All(Value).Any(e => e is StepIndex);
}

/// <summary>Maps along rows of one length, element by element in this order: a part may read what those before it compute. See <see cref="MapGroups"/>.</summary>
/// <param name="Sources">What the parts read and none of them computes.</param>
/// <param name="Targets">What is written; what only other parts read stays in registers.</param>
internal sealed record MapGroup(string Comment, EquatableArray<Map> Parts, EquatableArray<Buffer> Sources, EquatableArray<Buffer> Targets) : Step(Comment, Domain.Batch, Sources, Targets)
{
    public override EquatableArray<TimeAxis> Time => Parts[0].Time;
    public override bool NeedsSteps => base.NeedsSteps || Parts.Any(p => p.NeedsSteps);
}

/// <summary>y[n, m] = Σ x[n, k] · w[k, m]; with Outer, for every sample's Outer rows of k elements.</summary>
internal sealed record Dense(string Comment, Buffer X, Buffer W, Buffer Y, int Outer, int K, int M) : Step(Comment, Domain.Batch, [X, W], [Y])
{
    private readonly Buffer? _bias, _added;

    /// <summary>Added to every row of the finished product; see <see cref="Epilogues"/>.</summary>
    public Buffer? Bias
    {
        get => _bias;
        init => (_bias, Reads) = (value, value is null ? [X, W] : [X, W, value]);
    }

    /// <summary>Another value in Rows that is added to the finished product, in the place of a bias.</summary>
    public Buffer? Added
    {
        get => _added;
        init => (_added, Reads) = (value, value is null ? [X, W] : [X, W, value]);
    }

    /// <summary>Whether ReLU is applied last.</summary>
    public bool Relu { get; init; }

    /// <summary>The value with its epilogue, which is written in the product's place.</summary>
    public Dense With(string comment, Buffer y, Buffer bias, bool relu) => this with { Comment = comment, Y = y, Writes = [y], Bias = bias, Relu = relu };

    /// <inheritdoc cref="With(string, Buffer, Buffer, bool)"/>
    public Dense With(string comment, Buffer y, Buffer added) => this with { Comment = comment, Y = y, Writes = [y], Added = added };
}

/// <summary>dw[k, m] = Σ over the batch of x[n, k] · dy[n, m], for each x and dw; and the sum over the batch of dy, where it is wanted. See <see cref="SharedGradients"/>.</summary>
internal sealed record DenseWeightGradient(string Comment, EquatableArray<(Buffer X, Buffer Dw)> Factors, Buffer Dy, Buffer? Bias = null)
    : Step(Comment, Domain.Output, [.. Factors.Select(f => f.X), Dy], [.. Factors.Select(f => f.Dw), .. Bias is null ? Array.Empty<Buffer>() : [Bias]]);

/// <summary>A product of two tensors of one sample, any axes; operands in Lanes or Flat.</summary>
internal sealed record Product(string Comment, Domain Domain, Buffer A, Affine IndexA, Buffer B, Affine IndexB, Buffer Target, Affine Index, EquatableArray<Loop> Loops, EquatableArray<Loop> Inner)
    : Step(Comment, Domain, [A, B], [Target]);

internal enum ImageKernel { Convolve, DataGradient, MaxPool, MaxPoolGradient, MaxPoolGather, AveragePool, AveragePoolGradient }

/// <summary>A convolution or a pool in Lanes or in Channels, Leading images per sample. A and B in the operator's order; pools with one operand have no B.</summary>
internal sealed record Image(string Comment, ImageKernel Kernel, ImageShape Shape, int Leading, Buffer A, Buffer? B, Buffer Target)
    : Step(Comment, Over(Target), B is null ? [A] : [A, B], [Target])
{
    private readonly ImageEpilogue? _epilogue;

    public bool InChannels => Target.Storage == Storage.Channels;

    /// <summary>The same over all rows at once: 16 of them share what is fetched of the kernel.</summary>
    public Image OverBatch() => this with { Domain = Domain.Output };

    /// <summary>What a convolution in Channels does to its result while it is in the cache; see <see cref="Epilogues"/>.</summary>
    public ImageEpilogue? Epilogue
    {
        get => _epilogue;
        init => (_epilogue, Reads) = (value, new[] { A, B, value?.Scale, value?.Shift, value?.Residual }.OfType<Buffer>().Distinct().ToEquatable());
    }

    /// <summary>Pixels along an axis of the tiles of Winograd's algorithm, 2 or 4: B is the transformed kernel. 0: the sum over taps.</summary>
    public int Winograd { get; init; }

    /// <summary>The channel of the target at which a convolution's first one is written: its target may be a concatenation.</summary>
    public int FirstChannel { get; init; }

    /// <summary>The value with its epilogue, which is written in the convolution's place.</summary>
    public Image With(string comment, Buffer target, int firstChannel, ImageEpilogue epilogue) =>
        this with { Comment = comment, Target = target, FirstChannel = firstChannel, Writes = [target], Epilogue = epilogue };
}

/// <summary>In this order: y · Scale + Shift with numbers per channel (y + Shift without a scale), plus an image, then ReLU.</summary>
internal sealed record ImageEpilogue(Buffer? Scale, Buffer? Shift, Buffer? Residual, bool Relu);

/// <summary>The gradient of a convolution's kernel.</summary>
internal sealed record ImageWeightGradient(string Comment, ImageShape Shape, int Leading, Buffer X, Buffer Dy, Buffer Dw) : Step(Comment, Domain.Output, [X, Dy], [Dw]);

/// <summary>The kernel's panels as the data gradient wants them: K = (row, column, channel out), M = channel in.</summary>
internal sealed record TransposeKernel(string Comment, ImageShape Shape, Buffer W, Buffer Target) : Step(Comment, Domain.Output, [W], [Target]);

/// <summary>A kernel as Winograd's algorithm wants it, for tiles of that size; <paramref name="Flipped"/>: of a data gradient.</summary>
internal sealed record WinogradKernel(string Comment, int Inputs, int Outputs, int Size, bool Flipped, Buffer W, Buffer Target) : Step(Comment, Domain.Output, [W], [Target]);

/// <summary>The gradient of a convolution's kernel by Winograd's algorithm: the transformed gradient of each group of samples.</summary>
internal sealed record WinogradGradient(string Comment, ImageShape Shape, int Size, int Groups, Buffer X, Buffer Dy, Buffer Sums) : Step(Comment, Domain.Output, [X, Dy], [Sums]);

/// <summary>The gradient itself, from those of the groups.</summary>
internal sealed record WinogradGradientJoin(string Comment, ImageShape Shape, int Size, int Groups, Buffer Sums, Buffer Dw) : Step(Comment, Domain.Output, [Sums], [Dw]);

/// <summary>Panels of a matrix → panels of its transpose.</summary>
internal sealed record TransposePanels(string Comment, Buffer From, Buffer Target) : Step(Comment, Domain.Output, [From], [Target]);

/// <summary>The first maximum over the inner loops: 1 there and 0 elsewhere (Mask), or its number (Index).</summary>
internal sealed record FirstMax(string Comment, bool Mask, Buffer X, Affine IndexX, Buffer Target, Affine Index, EquatableArray<Loop> Loops, EquatableArray<Loop> Inner, MapMode Mode)
    : Step(Comment, Mode == MapMode.Lanes ? Domain.Batch : Domain.Output, [X], [Target]);

/// <summary>Sum over the live rows.</summary>
internal sealed record SumOverBatch(string Comment, Buffer X, Buffer Target) : Step(Comment, Domain.Output, [X], [Target]);

/// <summary>Fills a batched buffer with random numbers.</summary>
internal sealed record Draw(string Comment, Distribution Distribution, string Stream, Buffer Target) : Step(Comment, Target.Batched ? Domain.Batch : Domain.Output, [], [Target])
{
    public override bool NeedsSteps => true;
}

/// <summary>The same value in another storage, or at another place.</summary>
/// <param name="Convolution">Panels ↔ Flat of a kernel [M, C, H, W]: K = (row, column, channel).</param>
internal sealed record Move(string Comment, Buffer From, Buffer Target, ConvolutionAxes? Convolution = null, bool Transposed = false)
    : Step(Comment, From.Batched || Target.Batched ? Over(From, Target) : Domain.Output, [From], [Target]);

internal sealed record ConvolutionAxes(int Channels, int Height, int Width)
{
    /// <summary>Of a kernel [M, C, H, W], or [M, C, W] along a line.</summary>
    public static ConvolutionAxes Of(EquatableArray<int> shape) => shape.Count == 3 ? new(shape[1], 1, shape[2]) : new(shape[1], shape[2], shape[3]);
}

/// <summary>Reads an input that is not floats: bytes (scaled) or labels (as floats).</summary>
internal sealed record ReadInput(string Comment, Input Input, Buffer From, Buffer Target) : Step(Comment, Domain.Batch, [From], [Target])
{
    public override bool NeedsSteps => Time.Count > 0;
}

/// <summary>The live steps of each row's sample, as a number.</summary>
internal sealed record ReadLengths(string Comment, TimeAxis Axis, Buffer Target) : Step(Comment, Domain.Batch, [], [Target]);

/// <summary>target[n, t] = from at another step of the same row, zero where either is dead.</summary>
internal sealed record MoveSteps(string Comment, StepMove Kind, TimeAxis Axis, int Distance, Buffer From, Buffer Target) : Step(Comment, Domain.Batch, [From], [Target])
{
    /// <summary>The target's axis, where it is a copy of the source's.</summary>
    public TimeAxis? Result { get; init; }

    public override bool NeedsSteps => true;
    public override bool CrossesTime => true;
}

internal enum StepMove
{
    /// <summary>t + Distance.</summary>
    Shift,

    /// <summary>The length − 1 − t.</summary>
    Reverse,

    /// <summary>t · Distance.</summary>
    Every,

    /// <summary>t / Distance where that is whole.</summary>
    Spread,

    /// <summary>The same step, along a copy of the axis.</summary>
    Rename,
}

/// <summary>The first axis of a tensor becomes an axis of time, or the other way round.</summary>
/// <param name="ToSteps">Whether the axis becomes time.</param>
internal sealed record MoveAxis(string Comment, TimeAxis Axis, bool ToSteps, Buffer From, Buffer Target) : Step(Comment, Domain.Batch, [From], [Target])
{
    public override bool NeedsSteps => true;
    public override bool CrossesTime => true;
}

/// <summary>Sum or maximum over all steps of an axis.</summary>
internal sealed record FoldTime(string Comment, Reduction Kind, TimeAxis Axis, Buffer X, Buffer Target) : Step(Comment, Domain.Batch, [X], [Target])
{
    public override bool NeedsSteps => true;
    public override bool CrossesTime => true;
}

/// <summary>The loss of connectionist temporal classification, and its gradient where it is wanted.</summary>
internal sealed record CtcStep(string Comment, int Blank, bool SkipInfeasible, Buffer Scores, Buffer Labels, Buffer Loss, Buffer? Gradient)
    : Step(Comment, Domain.Batch, [Scores, Labels], Gradient is null ? [Loss] : [Loss, Gradient])
{
    public override bool NeedsSteps => true;
    public override bool CrossesTime => true;
}

/// <summary>The rows of a matrix that labels name.</summary>
internal sealed record PickRows(string Comment, Buffer Table, Buffer Labels, Buffer Target) : Step(Comment, Domain.Batch, [Table, Labels], [Target]);

/// <summary>The matrix of which each row is the sum of the rows with its label.</summary>
internal sealed record AddRows(string Comment, Buffer X, Buffer Labels, Buffer Target, int Rows) : Step(Comment, Domain.Output, [X, Labels], [Target]);

/// <summary>A loop over the steps of an axis: what comes before it, and what is done at each step, in that order.</summary>
internal sealed record TimeLoop(string Comment, TimeAxis Axis, bool Backward, EquatableArray<TimeAxis> Outer, EquatableArray<Step> Before, EquatableArray<Step> Body, EquatableArray<Buffer> From, EquatableArray<Buffer> To)
    : Step(Comment, Domain.Batch, From, To)
{
    public override EquatableArray<TimeAxis> Time => Outer;
    public override bool NeedsSteps => true;

    /// <summary>All steps within, those of loops in it too.</summary>
    public IEnumerable<Step> All => Before.Concat(Body).SelectMany(s => s is TimeLoop loop ? loop.All : [s]);
}

/// <summary>Writes labels or predictions to the caller's span.</summary>
internal sealed record WriteOutput(string Comment, Buffer From, Buffer Target, bool Integers) : Step(Comment, From.Batched ? Domain.Batch : Domain.Output, [From], [Target])
{
    public override bool NeedsSteps => Time.Count > 0;
}

/// <summary>The constants of Kiln.Kernels.ImageShape.</summary>
internal sealed record ImageShape(
    int Channels, int Height, int Width, int OutChannels, int OutHeight, int OutWidth,
    int KernelHeight, int KernelWidth, int StrideY, int StrideX, int Top, int Left, int DilationY, int DilationX, int Groups,
    int Bottom = 0, int Right = 0, Divisor Divisor = Divisor.Padded);
