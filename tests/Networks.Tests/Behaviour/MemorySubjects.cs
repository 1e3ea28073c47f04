using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>An encoder, attention and a decoder, which decodes in one call or step by step from a memory.</summary>
[Network]
public sealed partial class Attending
{
    public const int Symbols = 7, Start = 5, End = 6, Most = 9;
    const int Units = 9;
    static readonly Embedding Source = new(Symbols, 5), Target = new(Symbols, 5);
    static readonly Gru Decoder = new(Units);
    static readonly Dense Query = new(Units), Keys = new(Units) { Bias = false }, Score = new(1) { Bias = false }, Head = new(Symbols);
    static readonly State Hidden = new(Units);
    static readonly SequenceState Memory = new(2 * Units);

    [Shared] static Sequence Encode(TokenSequence source) => source.Apply(Source).Bidirectional(xs => xs.Gru(Units));

    static Sequence Weights(Tensor state, Sequence keys) => (keys + Query.Apply(state)).Tanh().Apply(Score).SoftmaxOverTime();

    static (Tensor Logits, Tensor Next) Decode(Tensor state, Tensor token, Sequence memory, Sequence keys)
    {
        var context = (memory * Weights(state, keys)).SumOverTime();
        var (output, next) = Decoder.Step(token.Concat(context), state);
        return (Head.Apply(output.Concat(context)), next);
    }

    [Learn]
    static Loss Learn([Vocabulary(Symbols)] TokenSequence source, [Vocabulary(Symbols), Time("target")] TokenSequence input, [Vocabulary(Symbols), Time("target")] TokenSequence output)
    {
        var memory = Encode(source);
        var keys = memory.Apply(Keys);
        return input.Apply(Target).Scan(Tensor.Zeros(Units), (state, token) => Decode(state, token, memory, keys)).Outputs.CrossEntropy(output).SumOverTime();
    }

    [Predict]
    static TokenSequence Translate([Vocabulary(Symbols)] TokenSequence source)
    {
        var memory = Encode(source);
        var keys = memory.Apply(Keys);
        return Sequence.Generate(Tensor.Zeros(Units), Start, End, max: Most, (state, token) =>
        {
            var (logits, next) = Decode(state, token.Apply(Target), memory, keys);
            return (logits.ArgMax(), next);
        });
    }

    [Predict]
    static void Begin([Vocabulary(Symbols)] TokenSequence source)
    {
        Memory.Assign(Encode(source));
        Hidden.Assign(Tensor.Zeros(Units));
    }

    [Predict]
    static Tensor Next([Classes(Symbols)] Labels token)
    {
        var (logits, next) = Decode(Hidden, token.Apply(Target), Memory, Memory.Apply(Keys));
        Hidden.Assign(next);
        return logits.LogSoftmax();
    }

    /// <summary>What the next step looks at, of each step of the memory.</summary>
    [Predict] static Sequence Look() => Weights(Hidden, Memory.Apply(Keys));
}

/// <summary>Memories that programs write from what they read: from an input with every second step, from themselves, from what is generated, in training.</summary>
[Network]
public sealed partial class Remembering
{
    static readonly SequenceState Whole = new(2), Halved = new(2), Generated = new(3);
    static readonly SequenceState[] Learned = [new(), new(1)];
    static readonly Dense Head = new(1);

    [Predict] static void Keep([Shape(2)] Sequence xs) { Whole.Assign(xs); Halved.Assign(xs.Window(1, stride: 2).Reshape(2)); }

    /// <summary>Reads what was there before the call.</summary>
    [Predict]
    static Tensor Double()
    {
        Whole.Assign(Whole * 2);
        return Whole.SumOverTime();
    }

    /// <summary>Tokens 1 until a number that counts up from n is above 2.2: for n = 0, 1 and 2 these are 3, 2 and 1 of them.</summary>
    [Predict]
    static void Count([Shape(1)] Tensor n) =>
        Generated.Assign(Sequence.Generate(n, 0, 2, 4, (n, token) => (Tensor.Constant([0.5f, 0.7f]).Concat(n - 1.5).ArgMax(), n + 1)).OneHot());

    [Predict] static Sequence Running() => Whole.Scan(Tensor.Zeros(2), (sum, x) => sum + x).Outputs;

    [Learn]
    static Loss Learn([Shape(3)] Sequence xs)
    {
        var y = xs.Apply(Head);
        Learned[1].Assign(y);
        return y.Square().MeanOverTime().Sum();
    }

    [Learn]
    static Loss Follow([Shape(3)] Tensor x) => (x.Apply(Head) - Learned[1].Last()).Square().Sum();
}

/// <summary>Steps of half a page, which lie further apart within a program than in the memory.</summary>
[Network]
public sealed partial class WideMemory
{
    public const int Wide = 512;
    static readonly SequenceState Kept = new(Wide);

    [Predict] static void Keep([Shape(Wide)] Sequence xs) => Kept.Assign((xs * 2).Scan(Tensor.Zeros(Wide), (sum, x) => sum + x).Outputs);
    [Predict] static Sequence Again() => Kept * 0.5;
}
