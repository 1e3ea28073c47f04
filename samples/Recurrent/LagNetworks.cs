namespace Kiln.Samples.Recurrent;

/// <summary>A long time lag for a simple recurrent network.</summary>
[Network]
public sealed partial class LagRnn
{
    static readonly Rnn Cell = new(LongLag.Units);
    static readonly Dense Answer = new(2);

    static Tensor Read(Sequence symbols) => symbols.Apply(Cell).Last().Apply(Answer);

    [Predict]
    static Tensor Scores([Vocabulary(LongLag.Symbols)] TokenSequence text) => Read(text.OneHot());

    [Learn]
    static Loss Learn([Vocabulary(LongLag.Symbols)] TokenSequence text, [Classes(2)] Labels label) => Scores(text).CrossEntropy(label);

    // How the loss changes with the input of each step.
    [Predict]
    static Sequence Influence([Vocabulary(LongLag.Symbols)] TokenSequence text, [Classes(2)] Labels label)
    {
        var symbols = text.OneHot();
        return Read(symbols).CrossEntropy(label).Gradient(symbols);
    }
}

/// <summary>A long time lag for long short-term memory.</summary>
[Network]
public sealed partial class LagLstm
{
    static readonly Lstm Cell = new(LongLag.Units);
    static readonly Dense Answer = new(2);

    static Tensor Read(Sequence symbols) => symbols.Apply(Cell).Last().Apply(Answer);

    [Predict]
    static Tensor Scores([Vocabulary(LongLag.Symbols)] TokenSequence text) => Read(text.OneHot());

    [Learn]
    static Loss Learn([Vocabulary(LongLag.Symbols)] TokenSequence text, [Classes(2)] Labels label) => Scores(text).CrossEntropy(label);

    // How the loss changes with the input of each step.
    [Predict]
    static Sequence Influence([Vocabulary(LongLag.Symbols)] TokenSequence text, [Classes(2)] Labels label)
    {
        var symbols = text.OneHot();
        return Read(symbols).CrossEntropy(label).Gradient(symbols);
    }
}
