using Kiln.Training;

namespace Kiln.Metrics;

/// <summary>
/// How often each class was given each answer. Counted in as many batches as one likes; precision, recall and F1 of each class and their averages
/// follow from the counts.
/// </summary>
/// <remarks>
/// A class that occurs neither among the labels nor among the answers has no precision, recall or F1: they are NaN, and macro averages leave it out. One that
/// occurs among only one of the two has 0 for what would be 0 / 0. Both are as scikit-learn has it.
/// </remarks>
public sealed class ConfusionMatrix
{
    private readonly long[] _counts;

    /// <summary>A matrix of zeros.</summary>
    /// <param name="classes">How many classes there are, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is not positive.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        Classes = classes;
        _counts = new long[checked(classes * classes)];
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>How many samples were counted.</summary>
    public long Count { get; private set; }

    /// <summary>How many samples of a class were given an answer.</summary>
    /// <param name="label">The right class.</param>
    /// <param name="answer">The class they were taken for.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is no class.</exception>
    public long this[int label, int answer] => _counts[Class(nameof(label), label) * Classes + Class(nameof(answer), answer)];

    /// <summary>Counts answers, all or, where an argument is wrong, none.</summary>
    /// <param name="answers">A class for each label.</param>
    /// <param name="labels">The right classes.</param>
    /// <exception cref="ArgumentException">There are no labels, not as many answers, or one is no class: the message has its index and value.</exception>
    public void Add(ReadOnlySpan<int> answers, ReadOnlySpan<int> labels)
    {
        Check.Pairs(nameof(ConfusionMatrix), nameof(answers), answers.Length, nameof(labels), labels.Length);
        Guard.Labels(nameof(ConfusionMatrix), nameof(answers), answers, Classes);
        Guard.Labels(nameof(ConfusionMatrix), nameof(labels), labels, Classes);
        for (var row = 0; row < labels.Length; row++) _counts[labels[row] * Classes + answers[row]]++;
        Count += labels.Length;
    }

    /// <summary>Counts the classes with the largest scores as answers; of equal scores the first counts, and NaN is above every number.</summary>
    /// <param name="scores">One score per class for each label.</param>
    /// <param name="labels">The right classes.</param>
    /// <exception cref="ArgumentException">There are no labels, there is not a score per class for each, or one is no class: the message has its index and value.</exception>
    public void Add(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels)
    {
        if (Check.Classes(nameof(ConfusionMatrix), scores, labels) is var classes && classes != Classes)
            throw new ArgumentException($"{nameof(ConfusionMatrix)}: expected {English.Count(Classes, "score")}, one per class, for each of {English.Count(labels.Length, "label")}, but {nameof(scores)} has {classes} for each.", nameof(scores));
        for (var row = 0; row < labels.Length; row++) _counts[labels[row] * Classes + Largest(scores.Slice(row * classes, classes))]++;
        Count += labels.Length;
    }

    /// <summary>Sets all counts to 0.</summary>
    public void Reset()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>How many samples have a label.</summary>
    /// <param name="label">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public long Samples(int label) => Sum(Class(nameof(label), label) * Classes, 1);

    /// <summary>How many samples were given an answer.</summary>
    /// <param name="answer">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public long Answers(int answer) => Sum(Class(nameof(answer), answer), Classes);

    /// <summary>Right answers / samples.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double Accuracy => Right() / (double)Counted();

    /// <summary>Wrong answers / samples.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double ErrorRate => (Counted() - Right()) / (double)Count;

    /// <summary>TP / (TP + FP): of the samples that were given this answer, the share of those whose label it is. NaN where the class does not occur.</summary>
    /// <param name="of">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double Precision(int of) => Share(of, this[of, of], Answers(of));

    /// <summary>TP / (TP + FN): of the samples that have this label, the share of those that were given it as answer. NaN where the class does not occur.</summary>
    /// <param name="of">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double Recall(int of) => Share(of, this[of, of], Samples(of));

    /// <summary>2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall. Van Rijsbergen 1979. NaN where the class does not occur.</summary>
    /// <param name="of">A class.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no class.</exception>
    public double F1(int of) => Share(of, 2 * this[of, of], Samples(of) + Answers(of));

    /// <summary>The mean of <see cref="Precision"/> over the classes that occur.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MacroPrecision => Mean(Precision);

    /// <summary>The mean of <see cref="Recall"/> over the classes that occur.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MacroRecall => Mean(Recall);

    /// <summary>The mean of <see cref="F1"/> over the classes that occur.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MacroF1 => Mean(F1);

    /// <summary>Σ TP / Σ (TP + FP) over the classes: as a sample has one label and one answer, the accuracy.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MicroPrecision => Accuracy;

    /// <summary>Σ TP / Σ (TP + FN) over the classes: as a sample has one label and one answer, the accuracy.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MicroRecall => Accuracy;

    /// <summary>2 Σ TP / Σ (2 TP + FP + FN) over the classes: as a sample has one label and one answer, the accuracy.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public double MicroF1 => Accuracy;

    /// <summary>The counts as a table: a row for each label, which ends in its recall, a column for each answer, which ends in its precision.</summary>
    public override string ToString() => ConfusionTable.Of(this);

    private int Class(string name, int value) => (uint)value < (uint)Classes ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{nameof(ConfusionMatrix)}: expected a class from 0 to {Classes - 1}, but {name} is {value}.");

    private static int Largest(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var k = 1; k < scores.Length; k++)
        {
            if (Check.Compare(scores[k], scores[best]) > 0) best = k;
        }
        return best;
    }

    private long Sum(int first, int step)
    {
        var sum = 0L;
        for (var k = 0; k < Classes; k++) sum += _counts[first + k * step];
        return sum;
    }

    private long Right() => Sum(0, Classes + 1);

    private long Counted() => Count > 0 ? Count : throw new InvalidOperationException($"{nameof(ConfusionMatrix)}: expected at least one counted sample, but nothing was added.");

    private double Share(int of, long part, long whole) => Samples(of) + Answers(of) == 0 ? double.NaN : whole == 0 ? 0 : part / (double)whole;

    private double Mean(Func<int, double> metric)
    {
        Counted();
        var (sum, occur) = (0.0, 0);
        for (var k = 0; k < Classes; k++)
        {
            if (metric(k) is var value && double.IsNaN(value)) continue;
            sum += value;
            occur++;
        }
        return sum / occur;
    }
}
