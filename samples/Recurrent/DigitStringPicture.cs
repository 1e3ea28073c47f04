using Kiln.Data;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>A string of digits, and below it how probable each of them is at each column.</summary>
internal static class DigitStringPicture
{
    /// <summary>Two charts over the same columns.</summary>
    /// <param name="net">Reads the string.</param>
    /// <param name="set">Strings.</param>
    /// <param name="sample">Which of them.</param>
    public static Chart[] Of(DigitReader net, SequenceSet set, int sample)
    {
        var frames = set.FramesOf(sample);
        var columns = set.LengthOf(sample);
        var steps = DigitReading.Steps(columns);
        var probabilities = new float[steps * DigitStrings.Classes];
        net.Probabilities(frames, [columns], probabilities);
        var read = string.Concat(DigitReading.Greedy(probabilities, steps));

        var pixels = Enumerable.Range(0, DigitStrings.Rows).Select(_ => new float[columns]).ToArray();
        for (var i = 0; i < frames.Length; i++) pixels[i % DigitStrings.Rows][i / DigitStrings.Rows] = frames[i];
        // A step stands for the columns up to the next one.
        var classes = Enumerable.Range(0, DigitStrings.Classes).Select(label => Enumerable.Range(0, columns).Select(column => probabilities[column / DigitReader.Stride * DigitStrings.Classes + label]).ToArray()).ToArray();
        return
        [
            new Chart($"{string.Concat(set.LabelsOf(sample).ToArray())}, read as {read}", Columns(), new Scale("row")).Map(pixels),
            new Chart("How probable each digit is there", Columns(), new Scale("digit; – is none", Letters: "0123456789–")).Map(classes),
        ];

        Scale Columns() => new("column", From: -0.5, To: columns - 0.5);
    }
}
