namespace Kiln.Samples.Recurrent;

/// <summary>
/// Three layers of LSTM that read a text character by character and say which comes next. The states belong to the network: training goes on from window to window of a long text, and use from
/// character to character.
/// </summary>
[Network]
public sealed partial class CharRnn
{
    /// <summary>Steps that the gradient goes back.</summary>
    internal const int Window = 64;

    private const int Units = 256, Depth = 3;

    static readonly Embedding Embedded = new(Characters.Count, 64);
    static readonly Lstm[] Cells = [new(Units), new(Units), new(Units)];
    static readonly Dense Head = new(Characters.Count);
    static readonly State[] H = [new(Units), new(Units), new(Units)], C = [new(Units), new(Units), new(Units)];

    static Sequence Scores(TokenSequence text)
    {
        var x = text.Apply(Embedded);
        for (var layer = 0; layer < Depth; layer++)
        {
            (x, var last) = Cells[layer].Apply(x, (H[layer], C[layer]));
            H[layer].Assign(last.H);
            C[layer].Assign(last.C);
            x = x.Dropout(0.2);
        }
        return x.Apply(Head);
    }

    [Learn]
    static Loss Read([Vocabulary(Characters.Count), Time("t", Max = Window)] TokenSequence text, [Vocabulary(Characters.Count), Time("t")] TokenSequence next) =>
        Scores(text).CrossEntropy(next).MeanOverTime();

    // Nats per character of each stream, without dropout.
    [Predict]
    static Tensor Judge([Vocabulary(Characters.Count), Time("t", Max = Window)] TokenSequence text, [Vocabulary(Characters.Count), Time("t")] TokenSequence next) =>
        Scores(text).CrossEntropy(next).MeanOverTime();

    // One character with the same parameters and states: scores of the next.
    [Predict]
    static Tensor Step([Classes(Characters.Count)] Labels character)
    {
        var x = character.Apply(Embedded);
        for (var layer = 0; layer < Depth; layer++)
        {
            (x, var next) = Cells[layer].Step(x, (H[layer], C[layer]));
            H[layer].Assign(next.H);
            C[layer].Assign(next.C);
        }
        return Head.Apply(x);
    }
}
