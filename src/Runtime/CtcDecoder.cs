using System.Runtime.InteropServices;

namespace Kiln;

/// <summary>A labelling that <see cref="CtcDecoder.Beam"/> has found.</summary>
/// <param name="Labels">The labels, without blanks.</param>
/// <param name="LogProbability">
/// The logarithm of the sum of the probabilities of its paths, as far as the search has followed them, and of what the language model gave. A wide beam follows them all.
/// </param>
public readonly record struct CtcLabelling(int[] Labels, double LogProbability);

/// <summary>What a language model thinks of a label after others.</summary>
/// <param name="prefix">The labels so far.</param>
/// <param name="next">The label that would follow.</param>
/// <returns>What is added to the logarithm of the probability, such as weight · log p(next | prefix); −∞ forbids the label.</returns>
public delegate double CtcLanguageModel(ReadOnlySpan<int> prefix, int next);

/// <summary>
/// Reads labels from the scores of a network that was trained by connectionist temporal classification. A path gives each time step a class; its labels are what is left when
/// repeats are merged and then blanks removed. Graves et al. 2006.
/// </summary>
public static class CtcDecoder
{
    /// <summary>The labels of a path: repeats are merged, then blanks removed. With blank −: aa−abb gives aab.</summary>
    /// <param name="path">A class for each time step.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="labels">Receives the labels at its start; it may be the path itself.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="ArgumentException">There are more labels than room for them.</exception>
    public static int Collapse(ReadOnlySpan<int> path, int blank, Span<int> labels)
    {
        var (count, last) = (0, blank);
        foreach (var label in path)
        {
            if (label != blank && label != last) Add(nameof(Collapse), labels, count++, label);
            last = label;
        }
        return count;
    }

    /// <summary>The labels of the most probable path: the class with the largest score in each step, of equal ones the first. Nothing is allocated.</summary>
    /// <param name="scores">Logits or probabilities, [steps, classes].</param>
    /// <param name="steps">Time steps, at least 0.</param>
    /// <param name="classes">Classes, the blank among them, at least 1.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="labels">Receives the labels at its start; as much room as there are steps is always enough.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="ArgumentException">The number of scores is not steps times classes, or there are more labels than room for them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is too small, or the blank is no class.</exception>
    public static int Greedy(ReadOnlySpan<float> scores, int steps, int classes, int blank, Span<int> labels)
    {
        Check(nameof(Greedy), scores, steps, classes, blank);
        var (count, last) = (0, blank);
        for (var t = 0; t < steps; t++)
        {
            var label = Sampling.ArgMax(scores.Slice(t * classes, classes));
            if (label != blank && label != last) Add(nameof(Greedy), labels, count++, label);
            last = label;
        }
        return count;
    }

    /// <summary>
    /// Prefix beam search: after each step the most probable beginnings of a labelling are kept, each with the sum over all of its paths that were followed. So a labelling of many likely paths is found,
    /// even where the most probable path is another's. A. Graves, N. Jaitly 2014; A. Y. Hannun, A. L. Maas, D. Jurafsky, A. Y. Ng 2014.
    /// </summary>
    /// <param name="scores">Logits, [steps, classes]: the softmax is taken here.</param>
    /// <param name="steps">Time steps, at least 0.</param>
    /// <param name="classes">Classes, the blank among them, at least 1.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="width">How many beginnings are kept, at least 1.</param>
    /// <param name="language">Judges labels by those before them; null: all are alike.</param>
    /// <returns>At most <paramref name="width"/> labellings, the most probable first.</returns>
    /// <exception cref="ArgumentException">The number of scores is not steps times classes, or a score is NaN or +∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is too small, or the blank is no class.</exception>
    public static CtcLabelling[] Beam(ReadOnlySpan<float> scores, int steps, int classes, int blank, int width, CtcLanguageModel? language = null)
    {
        Check(nameof(Beam), scores, steps, classes, blank);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var search = new Search(blank, width, language);
        var logarithms = new double[classes];
        for (var t = 0; t < steps; t++)
        {
            LogSoftmax(scores.Slice(t * classes, classes), t, logarithms);
            search.Step(logarithms);
        }
        return search.Best();
    }

    /// <summary>The beginnings are nodes of a tree: a node is its parent's labels and one more.</summary>
    private sealed class Search(int blank, int width, CtcLanguageModel? language)
    {
        private const int Root = 0;

        private readonly List<(int Parent, int Label)> _nodes = [(-1, -1)];
        private readonly Dictionary<(int Parent, int Label), int> _children = [];
        private readonly Dictionary<int, int> _places = [];
        private List<Beginning> _beam = [new(Root) { Blank = 0 }];
        private List<Beginning> _next = [];

        public void Step(double[] logarithms)
        {
            _next.Clear();
            _places.Clear();
            foreach (var beginning in _beam)
            {
                var last = _nodes[beginning.Node].Label;
                ref var same = ref Next(beginning.Node);
                same.Blank = LogSum(same.Blank, beginning.Total + logarithms[blank]);
                if (beginning.Node != Root) same.Label = LogSum(same.Label, beginning.Label + logarithms[last]);

                var prefix = language is null ? null : Labels(beginning.Node);
                for (var label = 0; label < logarithms.Length; label++)
                {
                    if (label == blank) continue;
                    // A label that is seen twice is two labels only if there was a blank between.
                    var probability = (label == last ? beginning.Blank : beginning.Total) + logarithms[label];
                    if (prefix is not null) probability += language!(prefix, label);
                    if (double.IsNegativeInfinity(probability)) continue;
                    ref var longer = ref Next(Child(beginning.Node, label));
                    longer.Label = LogSum(longer.Label, probability);
                }
            }
            (_beam, _next) = (_next, _beam);

            // Of equally probable ones the one that was met first.
            for (var i = 0; i < _beam.Count; i++) _beam[i] = _beam[i] with { Order = i };
            _beam.Sort(static (a, b) => b.Total.CompareTo(a.Total) is var order and not 0 ? order : a.Order.CompareTo(b.Order));
            if (_beam.Count > width) _beam.RemoveRange(width, _beam.Count - width);
        }

        public CtcLabelling[] Best() => [.. _beam.Where(b => !double.IsNegativeInfinity(b.Total)).Select(b => new CtcLabelling(Labels(b.Node), b.Total))];

        /// <summary>A node in the beam of the next step. The reference holds until another node is asked for.</summary>
        private ref Beginning Next(int node)
        {
            if (!_places.TryGetValue(node, out var place))
            {
                place = _next.Count;
                _places[node] = place;
                _next.Add(new(node));
            }
            return ref CollectionsMarshal.AsSpan(_next)[place];
        }

        private int Child(int parent, int label)
        {
            if (_children.TryGetValue((parent, label), out var child)) return child;
            child = _nodes.Count;
            _nodes.Add((parent, label));
            _children[(parent, label)] = child;
            return child;
        }

        private int[] Labels(int node)
        {
            var labels = new List<int>();
            for (; node != Root; node = _nodes[node].Parent) labels.Add(_nodes[node].Label);
            labels.Reverse();
            return [.. labels];
        }
    }

    /// <summary>Logarithms of the probabilities of the paths of a beginning: of those that end in a blank, and of those that end in its last label.</summary>
    private record struct Beginning(int Node)
    {
        public double Blank = double.NegativeInfinity, Label = double.NegativeInfinity;
        public int Order;

        public readonly double Total => LogSum(Blank, Label);
    }

    private static double LogSum(double a, double b)
    {
        if (a < b) (a, b) = (b, a);
        return double.IsNegativeInfinity(b) ? a : a + Math.Log(1 + Math.Exp(b - a));
    }

    private static void LogSoftmax(ReadOnlySpan<float> scores, int step, double[] logarithms)
    {
        var most = double.NegativeInfinity;
        for (var c = 0; c < scores.Length; c++)
        {
            if (!(scores[c] < float.PositiveInfinity)) throw new ArgumentException(FormattableString.Invariant($"{nameof(Beam)}: expected scores below infinity, but {nameof(scores)}[{step}, {c}] is {scores[c]}."), nameof(scores));
            most = Math.Max(most, scores[c]);
        }
        if (double.IsNegativeInfinity(most)) throw new ArgumentException($"{nameof(Beam)}: expected a finite score in each step, but in step {step} all of {nameof(scores)} are -Infinity.", nameof(scores));
        var sum = 0.0;
        foreach (var score in scores) sum += Math.Exp(score - most);
        for (var c = 0; c < scores.Length; c++) logarithms[c] = scores[c] - most - Math.Log(sum);
    }

    private static void Add(string method, Span<int> labels, int place, int label)
    {
        if (place >= labels.Length) throw new ArgumentException($"{method}: expected room for all labels, but {nameof(labels)} has {labels.Length} places and there are more labels.", nameof(labels));
        labels[place] = label;
    }

    private static void Check(string method, ReadOnlySpan<float> scores, int steps, int classes, int blank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if ((uint)blank >= (uint)classes) throw new ArgumentOutOfRangeException(nameof(blank), blank, $"{method}: expected a class from 0 to {classes - 1}, but {nameof(blank)} is {blank}.");
        if (scores.Length != (long)steps * classes)
            throw new ArgumentException($"{method}: expected {English.Count((long)steps * classes, "score")} ({English.Count(steps, "step")} of {English.Count(classes, "class")}), but {nameof(scores)} has {scores.Length}.", nameof(scores));
    }
}
