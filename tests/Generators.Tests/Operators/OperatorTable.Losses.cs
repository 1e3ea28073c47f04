using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using static System.Math;

namespace Kiln.Generators.Tests.Operators;

/// <summary>The losses.</summary>
internal static partial class OperatorTable
{
    private static IReadOnlyList<Row> LossRows =>
    [
        new("CrossEntropy", [[4], [4]], (c, x) => Call(c, "CrossEntropy", x[0], ("probabilities", x[1])), x => [-Softmax(x[0]).Zip(x[1], (p, t) => t * Log(p)).Sum()], 0.1, 2),
        new("CrossEntropy", [[2, 3]], (c, x) => Call(c, "CrossEntropy", x[0], ("labels", new LabelsValue(c.Graph.Add(new Constant([2, 0], [2], DType.Int32)), 3))),
            x => [-Log(Softmax(x[0][..3])[2]), -Log(Softmax(x[0][3..])[0])], -3, 3),
        Loss("BinaryCrossEntropy", (v, t) => -t * Log(v) - (1 - t) * Log(1 - v), 0.1, 0.9), Loss("BinaryCrossEntropyWithLogits", (v, t) => Log(1 + Exp(v)) - t * v, -3, 3),
        new("BinaryCrossEntropyWithLogits", [[3]], (c, x) => Call(c, "BinaryCrossEntropyWithLogits", x[0], ("target", 1.0)), x => [.. x[0].Select(v => Log(1 + Exp(-v)))], -3, 3),
        .. SmoothedRows,
        Loss("SquaredError", (v, t) => (v - t) * (v - t)), Loss("Hinge", (v, t) => Max(0, 1 - v * t), -2, 2),
        new("MultiHinge", [[2, 3]], (c, x) => Call(c, "MultiHinge", x[0], ("labels", new LabelsValue(c.Graph.Add(new Constant([2, 0], [2], DType.Int32)), 3)), ("margin", 0.5)),
            x => [(Max(0, 0.5 - x[0][2] + x[0][0]) + Max(0, 0.5 - x[0][2] + x[0][1])) / 3, (Max(0, 0.5 - x[0][3] + x[0][4]) + Max(0, 0.5 - x[0][3] + x[0][5])) / 3], -1, 1),
        Loss("Huber", (v, t) => Abs(v - t) <= 1 ? (v - t) * (v - t) / 2 : Abs(v - t) - 0.5, -2, 2),
        new("Huber", [[5], [5]], (c, x) => Call(c, "Huber", x[0], ("target", x[1]), ("delta", 0.25)), x => [.. x[0].Zip(x[1], (v, t) => Abs(v - t) <= 0.25 ? (v - t) * (v - t) / 2 : 0.25 * (Abs(v - t) - 0.125))]),
        new("MeanSquaredError", [[2, 2], [2, 2]], (c, x) => Call(c, "MeanSquaredError", x[0], ("target", x[1])), x => [x[0].Zip(x[1], (a, b) => (a - b) * (a - b)).Average()]),
        Loss("AbsoluteError", (v, t) => Abs(v - t)),
        new("MeanAbsoluteError", [[2, 2], [2, 2]], (c, x) => Call(c, "MeanAbsoluteError", x[0], ("target", x[1])), x => [x[0].Zip(x[1], (a, b) => Abs(a - b)).Average()]),
        new("GaussianNegativeLogLikelihood", [[4], [4], [4]], (c, x) => Call(c, "GaussianNegativeLogLikelihood", x[0], ("target", x[1]), ("variance", x[2])),
            x => [.. x[0].Select((v, i) => (Log(x[2][i]) + Pow(v - x[1][i], 2) / x[2][i]) / 2)], 0.3, 2),
        new("GaussianNegativeLogLikelihood", [[4], [4], []], (c, x) => Call(c, "GaussianNegativeLogLikelihood", x[0], ("target", x[1]), ("variance", x[2]), ("full", true)),
            x => [.. x[0].Select((v, i) => -Log(Exp(-Pow(v - x[1][i], 2) / x[2][0] / 2) / Sqrt(2 * PI * x[2][0])))], 0.3, 2),
        Loss("PoissonNegativeLogLikelihood", (v, t) => Exp(v) - t * v, -1, 3),
        new("PoissonNegativeLogLikelihood", [[5], [5]], (c, x) => Call(c, "PoissonNegativeLogLikelihood", x[0], ("target", x[1]), ("full", true)),
            x => [.. x[0].Zip(x[1], (v, t) => Exp(v) - t * v + (t > 1 ? t * Log(t) - t + Log(2 * PI * t) / 2 : 0))], 0.1, 4),
        Loss("KullbackLeiblerDivergence", (v, t) => t * (Log(t) - v), 0.1, 1),
        new("KullbackLeiblerDivergence", [[5], [5]], (c, x) => Call(c, "KullbackLeiblerDivergence", x[0], ("target", x[1]), ("logTarget", true)), x => [.. x[0].Zip(x[1], (v, t) => Exp(t) * (t - v))], -3, 0),
        new("CosineSimilarity", [[5], [5]], (c, x) => Call(c, "CosineSimilarity", x[0], ("other", x[1])), x => [Cosine(x[0], x[1])]),
        new("CosineSimilarity", [[3, 2], [3, 2]], (c, x) => Call(c, "CosineSimilarity", x[0], ("other", x[1]), ("axis", 0)),
            x => [Cosine([x[0][0], x[0][2], x[0][4]], [x[1][0], x[1][2], x[1][4]]), Cosine([x[0][1], x[0][3], x[0][5]], [x[1][1], x[1][3], x[1][5]])]),
        new("CosineSimilarity", [[3], [3]], (c, x) => Call(c, "CosineSimilarity", x[0], ("other", x[1]), ("epsilon", 4.0)), x => [x[0].Zip(x[1], (a, b) => a * b).Sum() / 16]),
        new("CosineEmbedding", [[4], [4]], (c, x) => Call(c, "CosineEmbedding", x[0], ("other", x[1]), ("target", 1.0)), x => [1 - Cosine(x[0], x[1])]),
        new("CosineEmbedding", [[2, 3], [2, 3]], (c, x) => Call(c, "CosineEmbedding", x[0], ("other", x[1]), ("target", c.Graph.Add(new Constant([1, -1], [2]))), ("margin", -0.5)),
            x => [1 - Cosine(x[0][..3], x[1][..3]), Max(0, Cosine(x[0][3..], x[1][3..]) + 0.5)]),
    ];

    /// <summary>Cross-entropy of the labels 2 and 0 among three classes, told in every way.</summary>
    private static IReadOnlyList<Row> SmoothedRows =>
    [
        Smoothed(0.1, null, -1), Smoothed(1, null, -1), Smoothed(0, [0.5, 0.25, 2], -1), Smoothed(0.2, [0.5, 0, 2], -1), Smoothed(0, null, 2), Smoothed(0.1, null, 0), Smoothed(0.3, [1, 2, 3], 2),
        Smoothed(0.3, null, 3), Smoothed(0, null, 3, 3), Smoothed(0.3, [1, 2, 3], 3, 3),
    ];

    private static Row Smoothed(double smoothing, double[]? weights, int ignored, int first = 2)
    {
        int[] labels = [first, 0];
        (string, object)[] given = weights is null ? [("smoothing", smoothing), ("ignored", ignored)] : [("smoothing", smoothing), ("ignored", ignored), ("weights", weights.Select(w => (float)w).ToArray())];
        return new("CrossEntropy", [[2, 3]], (c, x) => Call(c, "CrossEntropy", x[0], [("labels", new LabelsValue(c.Graph.Add(new Constant([.. labels], [2], DType.Int32)), 0)), .. given]),
            x => [.. labels.Select((label, row) => label == ignored ? 0 : -LogSoftmax(x[0][(row * 3)..(row * 3 + 3)])
                .Select((log, k) => (weights?[k] ?? 1) * ((label == k ? 1 - smoothing : 0) + smoothing / 3) * log).Sum())], -3, 3);
    }

    private static double Cosine(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum() / Sqrt(a.Sum(v => v * v) * b.Sum(v => v * v));

    private static Row Loss(string word, Func<double, double, double> f, double low = -1, double high = 1) =>
        new(word, [[2, 2], [2, 2]], (c, x) => Call(c, word, x[0], ("target", x[1])), x => [.. x[0].Zip(x[1], f)], low, high);
}
