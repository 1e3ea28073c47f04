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
        // The class of each line is in the legend; those that are never probable would only fill it.
        var lines = new Chart("What is there", Columns(), new Scale("probability", From: 0, To: 1.02));
        for (var label = 0; label < DigitStrings.Classes; label++)
        {
            var course = Enumerable.Range(0, steps).Select(step => ((double)step * DigitReader.Stride, (double)probabilities[step * DigitStrings.Classes + label])).ToArray();
            if (course.Max(point => point.Item2) < 0.1) continue;
            var blank = label == DigitStrings.Blank;
            lines.Line(blank ? "none" : $"{label}", course, blank ? 7 : label < 7 ? label : label + 1, dashed: blank);
        }
        return [new Chart($"{string.Concat(set.LabelsOf(sample).ToArray())}, read as {read}", Columns(), new Scale("row")).Map(pixels), lines];

        Scale Columns() => new("column", From: 0, To: columns);
    }
}
