using Kiln;
namespace Networks.SequenceToSequence;

// Encoder, additive attention, teacher forcing, step-by-step and in-graph decoding
[Network]
public sealed partial class Translator
{
    const int Symbols = 12, Units = 64, Start = 10, End = 11;
    static readonly Embedding Source = new(Symbols, 32), Target = new(Symbols, 32);
    static readonly Gru Decoder = new(Units);
    static readonly Dense Query = new(Units), Keys = new(Units) { Bias = false }, Score = new(1) { Bias = false }, Head = new(Symbols);
    static readonly State Hidden = new(Units);
    static readonly SequenceState Memory = new(2 * Units);

    [Shared] static Sequence Encode(TokenSequence source) => source.Apply(Source).Bidirectional(xs => xs.Gru(Units));

    static (Tensor Logits, Tensor Next) Decode(Tensor state, Tensor token, Sequence memory, Sequence keys)
    {
        var weights = (keys + Query.Apply(state)).Tanh().Apply(Score).SoftmaxOverTime();
        var context = (memory * weights).SumOverTime();
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

    // The whole decoding in one call
    [Predict]
    static TokenSequence Translate([Vocabulary(Symbols)] TokenSequence source)
    {
        var memory = Encode(source);
        var keys = memory.Apply(Keys);
        return Sequence.Generate(Tensor.Zeros(Units), Start, End, max: 40, (state, token) =>
        {
            var (logits, next) = Decode(state, token.Apply(Target), memory, keys);
            return (logits.ArgMax(), next);
        });
    }

    // Or step by step, for a beam search on the host
    [Predict] static void Begin([Vocabulary(Symbols)] TokenSequence source) { Memory.Assign(Encode(source)); Hidden.Assign(Tensor.Zeros(Units)); }
    [Predict]
    static Tensor Next([Classes(Symbols)] Labels token)
    {
        var (logits, next) = Decode(Hidden, token.Apply(Target), Memory, Memory.Apply(Keys));
        Hidden.Assign(next);
        return logits.LogSoftmax();
    }
}

public static class TranslatorHost
{
    public static void Beam(Translator net, int[] source, int width)
    {
        var scores = new float[width * 12]; int[] tokens = new int[width], parents = new int[width];
        net.Begin([.. Enumerable.Repeat(source, width).SelectMany(s => s)], [.. Enumerable.Repeat(source.Length, width)]);
        for (var step = 0; step < 40; step++)
        {
            net.Next(tokens, scores);
            // Choose the best of width * 12, then reorder the rows of every state
            net.States.Hidden.Gather(parents);
            net.States.Memory.Gather(parents);
        }
    }
}

// An encoder and a decoder per language, one program per pair; each pair trains only its own two
public sealed class Encoder(int symbols, int units) : Layer
{
    readonly Embedding _symbols = new(symbols, units);
    readonly Gru _cell = new(units);
    public Tensor Context(TokenSequence xs) => _cell.Apply(xs.Apply(_symbols), Tensor.Zeros(units)).Last;
}
public sealed class Decoder(int symbols, int units) : Layer
{
    readonly Embedding _symbols = new(symbols, units);
    readonly Gru _cell = new(units);
    readonly Dense _head = new(symbols);
    public Sequence Logits(Tensor context, TokenSequence input) => _cell.Apply(input.Apply(_symbols), context).Outputs.Apply(_head);
    public TokenSequence Greedy(Tensor context, int start, int end, int max) => Sequence.Generate(context, start, end, max, (state, token) =>
    {
        var (output, next) = _cell.Step(token.Apply(_symbols), state);
        return (_head.Apply(output).ArgMax(), next);
    });
}
[Network]
public sealed partial class Multilingual
{
    static readonly Encoder FromA = new(12, 64), FromB = new(12, 64), FromC = new(12, 64);
    static readonly Decoder ToA = new(12, 64), ToB = new(12, 64), ToC = new(12, 64);
    static Loss Pair(Encoder from, Decoder to, TokenSequence source, TokenSequence input, TokenSequence output) => to.Logits(from.Context(source), input).CrossEntropy(output).MeanOverTime();

    [Learn(nameof(FromA), nameof(ToB))] static Loss AB([Vocabulary(12)] TokenSequence source, [Vocabulary(12), Time("o")] TokenSequence input, [Vocabulary(12), Time("o")] TokenSequence output) => Pair(FromA, ToB, source, input, output);
    [Learn(nameof(FromB), nameof(ToC))] static Loss BC([Vocabulary(12)] TokenSequence source, [Vocabulary(12), Time("o")] TokenSequence input, [Vocabulary(12), Time("o")] TokenSequence output) => Pair(FromB, ToC, source, input, output);
    [Learn(nameof(FromC), nameof(ToA))] static Loss CA([Vocabulary(12)] TokenSequence source, [Vocabulary(12), Time("o")] TokenSequence input, [Vocabulary(12), Time("o")] TokenSequence output) => Pair(FromC, ToA, source, input, output);
    [Predict] static TokenSequence AtoC([Vocabulary(12)] TokenSequence source) => ToC.Greedy(FromA.Context(source), 10, 11, 40);   // the unseen pair
}

// NeuralTalk: the image enters once, as the first state
[Network]
public sealed partial class Captioner
{
    static readonly Sequential Eye = new(new Conv2D(16) { Stride = 2 }, new Relu(), new Conv2D(32) { Stride = 2 }, new Relu(), new Flatten(), new Dense(64), new Tanh());
    static readonly Embedding Words = new(27, 32);
    static readonly Lstm Speaker = new(64);
    static readonly Dense Head = new(27);
    [Learn]
    static Loss Learn([Shape(1, 28, 28)] Tensor image, [Vocabulary(27), Time("caption")] TokenSequence input, [Vocabulary(27), Time("caption")] TokenSequence output) =>
        Speaker.Apply(input.Apply(Words), (Eye.Apply(image), Tensor.Zeros(64))).Outputs.Apply(Head).CrossEntropy(output).SumOverTime();
    [Predict]
    static TokenSequence Describe([Shape(1, 28, 28)] Tensor image) => Sequence.Generate((Eye.Apply(image), Tensor.Zeros(64)), start: 0, end: 26, max: 8, (state, word) =>
    {
        var (output, next) = Speaker.Step(word.Apply(Words), state);
        return (Head.Apply(output).ArgMax(), next);
    });
}

// Sequence auto-encoder; self-attention, T by T, from the same words
[Network]
public sealed partial class SequenceAutoEncoder
{
    [Shared] static Tensor Code(TokenSequence xs) => xs.Embed(16).Lstm(32).Last();
    [Shared] static Sequence Rebuild(Tensor code, TokenSequence shifted) => shifted.Embed(16).Concat(code).Lstm(32).Dense(10);
    [Learn] static Loss Learn([Vocabulary(10)] TokenSequence xs) => Rebuild(Code(xs), xs.Shift(1)).CrossEntropy(xs).MeanOverTime();
    [Predict] static Tensor Encode([Vocabulary(10)] TokenSequence xs) => Code(xs);

    static Sequence SelfAttention(Sequence xs, int units)
    {
        var (queries, keys, values) = (xs.Dense(units), xs.Dense(units), xs.Dense(units));
        return queries.Map(q => (values * ((keys * q).Sum() / MathF.Sqrt(units)).SoftmaxOverTime()).SumOverTime());
    }
}
