namespace Kiln.Samples.Recurrent;

/// <summary>
/// Translates dates with attention: at each step the decoder looks at the characters that matter now. D. Bahdanau, K. Cho, Y. Bengio: Neural machine translation by jointly learning to align and
/// translate. 2015.
/// </summary>
[Network]
public sealed partial class AttentiveDates
{
    private const int Encoded = 64, Units = 128, Attention = 64;

    // What is read without some of its numbers must be known by more than one sign of it.
    private const double Dropped = 0.2;

    static readonly Embedding Source = new(DateStrings.Symbols, 32), Target = new(DateStrings.AnswerVocabulary, 16);
    static readonly Gru Forward = new(Encoded), Backward = new(Encoded), Decoder = new(Units);
    static readonly Dense Keys = new(Attention) { Bias = false }, Query = new(Attention), Score = new(1) { Bias = false }, First = new(Units), Head = new(DateStrings.AnswerVocabulary);

    static (Sequence Memory, Tensor First) Encode(TokenSequence source)
    {
        var xs = source.Apply(Source).Dropout(Dropped);
        var (down, up) = (xs.Apply(Forward), xs.Reverse().Apply(Backward));
        return (down.Concat(up.Reverse()).Dropout(Dropped), up.Last().Apply(First).Tanh());
    }

    static (Tensor Scores, Sequence Weights, Tensor Next) Decode(Tensor state, Tensor token, Sequence memory, Sequence keys)
    {
        var weights = (keys + state.Apply(Query)).Tanh().Apply(Score).SoftmaxOverTime();
        var context = (memory * weights).SumOverTime();
        var (output, next) = Decoder.Step(token.Concat(context), state);
        return (Head.Apply(output.Concat(context)), weights, next);
    }

    // The answer's tokens are given, and after each the next is asked for.
    [Predict]
    static Sequence Scores([Vocabulary(DateStrings.Symbols)] TokenSequence source, [Vocabulary(DateStrings.AnswerVocabulary)] TokenSequence given)
    {
        var (memory, first) = Encode(source);
        var keys = memory.Apply(Keys);
        return given.Apply(Target).Scan(first, (state, token) =>
        {
            var (scores, _, next) = Decode(state, token, memory, keys);
            return (scores, next);
        }).Outputs;
    }

    [Learn]
    static Loss Learn([Vocabulary(DateStrings.Symbols)] TokenSequence source, [Vocabulary(DateStrings.AnswerVocabulary), Time("given")] TokenSequence given, [Vocabulary(DateStrings.AnswerVocabulary), Time("given")] TokenSequence answer) =>
        Scores(source, given).CrossEntropy(answer).MeanOverTime();

    // The weights of attention at each step of the answer: their sum over places that are numbered by vectors of a single 1.
    [Predict]
    static Sequence Weights([Vocabulary(DateStrings.Symbols), Time("source")] TokenSequence source, [Shape(DateStrings.MostCharacters), Time("source")] Sequence places, [Vocabulary(DateStrings.AnswerVocabulary)] TokenSequence given)
    {
        var (memory, first) = Encode(source);
        var keys = memory.Apply(Keys);
        return given.Apply(Target).Scan(first, (state, token) =>
        {
            var (_, weights, next) = Decode(state, token, memory, keys);
            return ((places * weights).SumOverTime(), next);
        }).Outputs;
    }
}

/// <summary>Translates dates without attention: all that the decoder knows of a date is one vector. I. Sutskever, O. Vinyals, Q. Le: Sequence to sequence learning with neural networks. 2014.</summary>
[Network]
public sealed partial class PlainDates
{
    private const int Encoded = 64, Units = 128;
    private const double Dropped = 0.2;

    static readonly Embedding Source = new(DateStrings.Symbols, 32), Target = new(DateStrings.AnswerVocabulary, 16);
    static readonly Gru Forward = new(Encoded), Backward = new(Encoded), Decoder = new(Units);
    static readonly Dense First = new(Units), Head = new(DateStrings.AnswerVocabulary);

    // The answer's tokens are given, and after each the next is asked for.
    [Predict]
    static Sequence Scores([Vocabulary(DateStrings.Symbols)] TokenSequence source, [Vocabulary(DateStrings.AnswerVocabulary)] TokenSequence given)
    {
        var xs = source.Apply(Source).Dropout(Dropped);
        var first = xs.Apply(Forward).Last().Concat(xs.Reverse().Apply(Backward).Last()).Apply(First).Tanh();
        return Decoder.Apply(given.Apply(Target), first).Outputs.Apply(Head);
    }

    [Learn]
    static Loss Learn([Vocabulary(DateStrings.Symbols)] TokenSequence source, [Vocabulary(DateStrings.AnswerVocabulary), Time("given")] TokenSequence given, [Vocabulary(DateStrings.AnswerVocabulary), Time("given")] TokenSequence answer) =>
        Scores(source, given).CrossEntropy(answer).MeanOverTime();
}
