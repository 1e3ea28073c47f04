using Kiln.Training;

namespace Kiln.Metrics;

/// <summary>What metrics ask of their arguments. Every message names the metric, the argument, what was expected and what came.</summary>
internal static class Check
{
    /// <summary>At least one element, and the same number of both.</summary>
    public static void Pairs(string metric, string name, int length, string other, int expected)
    {
        if (expected == 0) throw new ArgumentException($"{metric}: expected at least one element, but {other} is empty.", other);
        if (length != expected) throw new ArgumentException($"{metric}: expected {English.Count(expected, "element")}, as many as {other} has, but {name} has {length}.", name);
    }

    /// <summary>The number of classes that scores tell; every label is one of them.</summary>
    public static int Classes(string metric, ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        if (labels.IsEmpty) throw new ArgumentException($"{metric}: expected at least one element, but {nameof(labels)} is empty.", nameof(labels));
        if (scores.IsEmpty || scores.Length % labels.Length != 0)
            throw new ArgumentException($"{metric}: expected the same number of scores for each of {English.Count(labels.Length, "label")}, but {nameof(scores)} has {English.Count(scores.Length, "element")}.", nameof(scores));
        var classes = scores.Length / labels.Length;
        Guard.Labels(metric, nameof(labels), labels, classes);
        return classes;
    }

    /// <summary>The number of labels that each row has room for; every length is at most that.</summary>
    public static int Rows(string metric, string name, int length, string lengthsName, ReadOnlySpan<int> lengths)
    {
        if (length % lengths.Length != 0) throw new ArgumentException($"{metric}: expected a multiple of {English.Count(lengths.Length, "element")}, as many for each row, but {name} has {length}.", name);
        var row = length / lengths.Length;
        for (var i = 0; i < lengths.Length; i++)
        {
            if ((uint)lengths[i] > (uint)row) throw new ArgumentOutOfRangeException(lengthsName, lengths[i], $"{metric}: expected lengths from 0 to {row}, but {lengthsName}[{i}] is {lengths[i]}.");
        }
        return row;
    }

    /// <summary>Above 0 where a is the larger score, 0 where they are equal, else below; NaN is above every number and equal to itself.</summary>
    public static int Compare(float a, float b) => float.IsNaN(a) || float.IsNaN(b) ? float.IsNaN(a).CompareTo(float.IsNaN(b)) : a.CompareTo(b);
}
