namespace Kiln.Samples.Recurrent;

/// <summary>
/// Reads strings of digits from left to right and from right to left. It learns from the digits alone; where in the string each of them stands nobody says. A. Graves, M. Liwicki, S. Fernández,
/// R. Bertolami, H. Bunke, J. Schmidhuber: A novel connectionist system for unconstrained handwriting recognition. 2009.
/// </summary>
[Network]
public sealed partial class DigitReader
{
    /// <summary>Columns from one step of the answer to the next.</summary>
    internal const int Stride = 3;

    private const int Columns = 9, Seen = 128, Units = 96;

    // Digits stand at least 16 columns apart: five steps each, of which two equal neighbours need three.
    [Predict]
    static Sequence Scores([Shape(DigitStrings.Rows)] Sequence columns) =>
        columns.Window(Columns, Stride).Flatten().Dense(Seen).Relu().Bidirectional(x => x.Lstm(Units)).Dropout(0.2).Dense(DigitStrings.Classes);

    [Learn]
    static Loss Learn([Shape(DigitStrings.Rows)] Sequence columns, [Vocabulary(DigitStrings.Classes)] TokenSequence digits) => Scores(columns).Ctc(digits, DigitStrings.Blank);

    // The probability of each class at each step.
    [Predict]
    static Sequence Probabilities([Shape(DigitStrings.Rows)] Sequence columns) => Scores(columns).Softmax();
}
