using System.ComponentModel;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>Right answers counted.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Evaluation
{
    // Images widened to floats at a time.
    private const int Chunk = 1024;

    /// <summary>Gives the share of rows that are given the right class.</summary>
    /// <param name="inputs">The rows.</param>
    /// <param name="labels">The right class of each.</param>
    public delegate double RowsAccuracy(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels);

    /// <summary>Gives the mean loss of rows.</summary>
    /// <param name="inputs">The rows.</param>
    /// <param name="labels">The class of each.</param>
    public delegate float RowsLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels);

    /// <summary>How many rows have their largest score at the label; of equal scores the first counts. NaN is above every number.</summary>
    /// <param name="scores">The same number of scores for each label.</param>
    /// <param name="labels">The right classes.</param>
    public static int Right(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        var classes = scores.Length / labels.Length;
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var (best, answer) = (scores[row * classes], 0);
            for (var k = 1; k < classes; k++)
            {
                var score = scores[row * classes + k];
                if (score > best || float.IsNaN(score) && !float.IsNaN(best)) (best, answer) = (score, k);
            }
            if (answer == labels[row]) right++;
        }
        return right;
    }

    /// <summary>How many answers are the label.</summary>
    /// <param name="answers">One class per label.</param>
    /// <param name="labels">The right classes.</param>
    public static int Right(ReadOnlySpan<int> answers, ReadOnlySpan<int> labels)
    {
        var right = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (answers[row] == labels[row]) right++;
        }
        return right;
    }

    /// <summary>How many steps of sequences have their largest score at the label; steps after the end of a row do not count.</summary>
    /// <param name="scores">The same number of scores for each label.</param>
    /// <param name="labels">The right classes, rows padded to the same number of steps.</param>
    /// <param name="lengths">The steps of every row.</param>
    public static long Right(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths)
    {
        var (steps, classes, right) = (labels.Length / lengths.Length, scores.Length / labels.Length, 0L);
        for (var row = 0; row < lengths.Length; row++) right += Right(scores.Slice(row * steps * classes, lengths[row] * classes), labels.Slice(row * steps, lengths[row]));
        return right;
    }

    /// <summary>How many steps of sequences have the label as their answer; steps after the end of a row do not count.</summary>
    /// <param name="answers">One class per label.</param>
    /// <param name="labels">The right classes, rows padded to the same number of steps.</param>
    /// <param name="lengths">The steps of every row.</param>
    public static long Right(ReadOnlySpan<int> answers, ReadOnlySpan<int> labels, ReadOnlySpan<int> lengths)
    {
        var (steps, right) = (labels.Length / lengths.Length, 0L);
        for (var row = 0; row < lengths.Length; row++) right += Right(answers.Slice(row * steps, lengths[row]), labels.Slice(row * steps, lengths[row]));
        return right;
    }

    /// <summary>The steps of all rows.</summary>
    /// <param name="lengths">Of every row.</param>
    public static long Steps(ReadOnlySpan<int> lengths)
    {
        var steps = 0L;
        foreach (var length in lengths) steps += length;
        return steps;
    }

    /// <summary>The share of images that are given the right class, pixels scaled to [0, 1].</summary>
    /// <param name="images">The images with their labels.</param>
    /// <param name="length">Pixels an image must have.</param>
    /// <param name="accuracy">Answers for some rows.</param>
    /// <exception cref="ArgumentException">The images have another size, or there are none.</exception>
    public static double Accuracy(ImageSet images, int length, RowsAccuracy accuracy)
    {
        Guard.Images("Accuracy", nameof(images), images, length, int.MaxValue);
        var right = 0.0;
        Each(images, length, (inputs, labels) => right += Math.Round(labels.Length * accuracy(inputs, labels)));
        return right / images.Count;
    }

    /// <summary>The mean loss of images, pixels scaled to [0, 1].</summary>
    /// <param name="images">The images with their labels.</param>
    /// <param name="length">Pixels an image must have.</param>
    /// <param name="loss">The mean loss of some rows.</param>
    /// <exception cref="ArgumentException">The images have another size, or there are none.</exception>
    public static double Loss(ImageSet images, int length, RowsLoss loss)
    {
        Guard.Images("Fit", "validation", images, length, int.MaxValue);
        var sum = 0.0;
        Each(images, length, (inputs, labels) => sum += (double)loss(inputs, labels) * labels.Length);
        return sum / images.Count;
    }

    private delegate void Rows(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels);

    /// <summary>All images in turn, some at a time.</summary>
    private static void Each(ImageSet images, int length, Rows action)
    {
        var chunk = Math.Min(images.Count, Chunk);
        var pixels = new float[chunk * length];
        var (labels, rows) = (new int[chunk], new int[chunk]);
        for (var first = 0; first < images.Count; first += chunk)
        {
            var count = Math.Min(chunk, images.Count - first);
            for (var i = 0; i < count; i++) rows[i] = first + i;
            images.Gather(rows.AsSpan(0, count), pixels.AsSpan(0, count * length), labels.AsSpan(0, count));
            action(pixels.AsSpan(0, count * length), labels.AsSpan(0, count));
        }
    }
}
