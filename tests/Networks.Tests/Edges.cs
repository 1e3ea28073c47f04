using Kiln;

// Read by tests as source as well: everything it needs is global there.
namespace Networks.Tests.Edges;

/// <summary>More values in one kernel than there are letters.</summary>
[Network]
public sealed partial class ManySources
{
    [Predict] static Tensor Heads([Shape(5)] Tensor x) => Enumerable.Range(0, 11).Select(_ => x.Dense(8)).Aggregate((a, b) => a + b);
    [Learn] static Loss Fit([Shape(5)] Tensor x) => Heads(x).Square().Sum();
}

/// <summary>A parameter with more uses than there are letters: so many terms has its gradient.</summary>
[Network]
public sealed partial class ManyUses
{
    static readonly Parameter Gain = new(7) { Initializer = Initializer.Normal };
    [Learn] static Loss Fit([Shape(7)] Tensor x) => Enumerable.Range(1, 23).Select(i => (x * (0.1 * i)).Tanh() * Gain).Aggregate((a, b) => (a * b).Tanh() + b).Sum();
}

/// <summary>Products that follow each other: two that may change places, and two of which the second is written where the first one's input lay.</summary>
[Network]
public sealed partial class Branches
{
    [Predict] static Tensor Together([Shape(48)] Tensor x, [Shape(48)] Tensor z) => x.Dense(64) + z.Dense(64);

    [Predict]
    static Tensor InTurns([Shape(48)] Tensor x)
    {
        Tensor a = x.Dense(64), b = x.Dense(96);
        Tensor left = a.Dense(32), right = b.Dense(64);
        return Tensor.Concat([left, right]);
    }
}

/// <summary>What generated code calls its own.</summary>
[Network]
public sealed partial class OwnWords
{
    static readonly Parameter Backward = new(8, 3);
    [Predict] static Tensor Scores([Shape(16)] Tensor backward) => backward.Dense(8).MatMul(Backward);
    [Learn] static Loss Fit([Shape(16)] Tensor backward) => Scores(backward).Square().Sum();
}

/// <summary>A parameter moved by hand along the gradient of a mean over the batch.</summary>
[Network]
public sealed partial class ByHand
{
    static readonly Parameter W = new(4, 3) { Initializer = Initializer.Normal };

    [Learn]
    static void Descend([Shape(4)] Tensor x)
    {
        var loss = x.MatMul(W).Square().Sum().BatchMean();
        W.Assign(W - 0.1 * loss.Gradient(W));
    }
}

/// <summary>The Jacobian of a mean over the batch: the same for all samples.</summary>
[Network]
public sealed partial class MeanSlopes
{
    static readonly Parameter W = new(4, 3) { Initializer = Initializer.Normal };
    [Predict] static Tensor Slopes([Shape(4)] Tensor x) => x.MatMul(W).Tanh().BatchMean().Gradient(W);
}

/// <summary>Results of a helper, converted one by one; numbers that are widened on their way.</summary>
[Network]
public sealed partial class Converted
{
    [Learn] static (Loss Total, Tensor Size) Fit([Shape(4)] Tensor x) => Parts(x);

    static (Tensor, Tensor) Parts(Tensor x)
    {
        var y = x.Dense(3);
        foreach (double share in new[] { 1, 3 }) y = y * (share / 2);
        double[] factors = [.. new[] { 1, 2 }];
        return (y.Square().Sum() * (factors[0] / factors[1]), y.Sum() * (1 + Enumerable.Empty<double>().Sum() / 2));
    }
}

/// <summary>Indices below zero on their way to a comparison.</summary>
[Network]
public sealed partial class Shifted
{
    [Predict] static Tensor Moved([Shape(3, 5)] Tensor x) => x.Pad(1, 2, 1).Slice(1, 1, 6).Tanh().Pad(0, 1, 0);
    [Learn] static Loss Fit([Shape(3, 5)] Tensor x) => (Moved(x.Flatten().Dense(15).Reshape(3, 5)) * 2).Square().Sum();
}

/// <summary>A sequence that attends to itself, by two heads; a recurrence over all steps at each step; pairs of pairs.</summary>
[Network]
public sealed partial class SelfAttending
{
    static Sequence Attend(Sequence xs, int units)
    {
        var (queries, keys, values) = (xs.Dense(units), xs.Dense(units), xs.Dense(units));
        return queries.Map(q => (values * ((keys * q).Sum() / Math.Sqrt(units)).SoftmaxOverTime()).SumOverTime());
    }

    [Predict]
    static Sequence Scores([Vocabulary(7)] TokenSequence text)
    {
        var xs = text.Embed(6);
        return xs.Concat(Attend(xs, 4), Attend(xs, 3)).Dense(5).Tanh().Dense(3);
    }

    [Learn] static Loss Learn([Vocabulary(7), Time("t")] TokenSequence text, [Vocabulary(3), Time("t")] TokenSequence labels) => Scores(text).CrossEntropy(labels).MeanOverTime();

    /// <summary>Each step within a recurrence sees what the recurrence has not reached yet.</summary>
    [Learn]
    static Loss Within([Shape(3)] Sequence xs) => xs.Scan(Tensor.Zeros(4), (h, x) =>
    {
        var (all, seen) = (xs.Dense(4), h.Dense(4));
        return ((all * seen).Sum().SoftmaxOverTime() * all).SumOverTime() + x.Dense(4);
    }).Outputs.Square().Sum().MeanOverTime();

    /// <summary>A recurrence from each step over all of them.</summary>
    [Predict] static Sequence Around([Shape(3)] Sequence xs) => xs.Map(x => xs.Dense(3).Scan(x, (h, y) => (h.Dense(3, bias: false) + y).Tanh()).Last);

    [Learn] static Loss LearnAround([Shape(3)] Sequence xs) => Around(xs).Square().Sum().MeanOverTime();

    /// <summary>Σ over pairs of other steps, twice over.</summary>
    [Predict] static Sequence Triples([Shape(2)] Sequence xs) => xs.Map(x => xs.Map(y => (xs * x * y).SumOverTime()).MaxOverTime());
}

/// <summary>Rows over time of half a page, which lie further apart: through each step that walks them.</summary>
[Network]
public sealed partial class HalfPages
{
    const int Wide = 512;
    static readonly Dense In = new(Wide), Out = new(Wide), Pieces = new(16), Narrow = new(24);

    [Predict]
    static (Sequence All, Tensor Mean, Tensor Largest) Run([Shape(8)] Sequence xs)
    {
        var a = xs.Apply(In).Tanh();
        var shifted = a.Shift(1) + a.Reverse();
        var summed = a.Scan(Tensor.Zeros(Wide), (sum, x) => (sum * 0.5 + x).Tanh());
        var pieces = a.Reshape(4, 128).Apply(Pieces).Flatten().Concat(shifted.Apply(Narrow)).Concat(summed.Outputs.Apply(Narrow));
        return (pieces, a.MeanOverTime() + summed.Last, shifted.MaxOverTime());
    }

    [Learn]
    static Loss Fit([Shape(8)] Sequence xs)
    {
        var (all, mean, largest) = Run(xs);
        return all.Square().Mean().MeanOverTime() + mean.Square().Mean() + largest.Dense(3).Square().Sum() + xs.Apply(In).Lstm(128).Apply(Out).Square().Mean().SumOverTime();
    }
}
