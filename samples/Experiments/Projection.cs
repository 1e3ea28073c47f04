using Kiln.Data;

namespace Kiln.Samples.Experiments;

/// <summary>
/// A digit in 30 numbers, and in 2: by a deep auto-encoder (Hinton and Salakhutdinov 2006), and by its coordinates along principal components, the best that a linear code can do.
/// </summary>
internal static class Projection
{
    private const int Batch = 100, Neighbours = 5, Shown = 1_000;

    public static Outcome Run(Bench bench)
    {
        var (train, test) = (bench.FirstOfTrain(60_000), bench.Test);
        var known = bench.FirstOfTrain(10_000);
        var epochs = bench.Some(20, 2);
        using var wide = new Coder30(bench.Seed, 500, bench.Threads);
        using var narrow = new Coder2(bench.Seed, 500, bench.Threads);
        using var ofWide = wide.Train(Rate(), Batch, bench.Threads);
        using var ofNarrow = narrow.Train(Rate(), Batch, bench.Threads);
        var components = new PrincipalComponents(train, 30);

        var table = new Table("code", "numbers", "squared error of a test digit", "test digits that their five nearest training digits take for another, %");
        var curves = new Chart("784-256-128-code-128-256-784", new Scale("epochs"), new Scale("squared error of a test digit", From: 0));
        var planes = new Dictionary<string, Chart>();
        foreach (var size in (int[])[30, 2])
        {
            var linear = Mean(test, image => components.Error(image, size));
            Add("principal components", size, linear, Codes(known, size), Codes(test, size));
            curves.Line($"principal components, {size}", [(0, linear), (epochs, linear)], size == 30 ? 0 : 1, dashed: true);
        }
        Learn(30, x => ofWide.Learn(x), wide.Rebuild, wide.Encode);
        Learn(2, x => ofNarrow.Learn(x), narrow.Rebuild, narrow.Encode);
        return new(table, new Picture(3, curves, planes["auto-encoder"], planes["principal components"]));

        void Learn(int size, Func<ReadOnlySpan<byte>, float> step, Coding rebuild, Coding encode)
        {
            var errors = new List<(double, double)>();
            bench.Learn(train, Batch, epochs, (x, _) => step(x), (epoch, _) =>
            {
                errors.Add((epoch, Error(test, rebuild)));
                return true;
            });
            curves.Line($"auto-encoder, {size}", errors, size == 30 ? 0 : 1, markers: true);
            Add("auto-encoder", size, errors[^1].Item2, Codes(known), Codes(test));

            double[][] Codes(ImageSet set)
            {
                var codes = new float[set.Count * size];
                encode(set.Images, codes);
                return [.. codes.Chunk(size).Select(code => Array.ConvertAll(code, number => (double)number))];
            }
        }

        void Add(string code, int size, double error, double[][] ofKnown, double[][] ofTest)
        {
            table.Add($"{code}, {size}", size, error, Confused(ofKnown, known.Labels, ofTest, test.Labels));
            if (size == 2) planes[code] = Draw(code, ofTest, test);
        }

        double[][] Codes(ImageSet set, int size) => [.. Enumerable.Range(0, set.Count).Select(n => components.Code(set.Images.Slice(n * set.ImageLength, set.ImageLength), size))];

        Adam Rate() => new(1e-3) { Schedule = Schedule.Cosine(epochs * (train.Count / Batch)) };
    }

    private delegate void Coding(ReadOnlySpan<byte> images, Span<float> results);

    private delegate double OfImage(ReadOnlySpan<byte> image);

    private static double Mean(ImageSet set, OfImage value)
    {
        var sum = 0.0;
        for (var n = 0; n < set.Count; n++)
            sum += value(set.Images.Slice(n * set.ImageLength, set.ImageLength));
        return sum / set.Count;
    }

    private static double Error(ImageSet set, Coding rebuild)
    {
        var (rebuilt, sum) = (new float[set.Count * set.ImageLength], 0.0);
        rebuild(set.Images, rebuilt);
        for (var i = 0; i < rebuilt.Length; i++)
        {
            var difference = rebuilt[i] - set.Images[i] / 255.0;
            sum += difference * difference;
        }
        return sum / set.Count;
    }

    /// <summary>The share of codes whose nearest codes mostly have another label, in percent. Of equally frequent labels the nearest one's counts.</summary>
    private static double Confused(double[][] known, ReadOnlySpan<int> labels, double[][] codes, ReadOnlySpan<int> truth)
    {
        var (ofKnown, ofCodes) = (labels.ToArray(), truth.ToArray());
        var wrong = 0;
        Parallel.For(0, codes.Length, n =>
        {
            var distances = Array.ConvertAll(known, other => Distance(codes[n], other));
            var nearest = Enumerable.Range(0, known.Length).OrderBy(i => distances[i]).Take(Neighbours).GroupBy(i => ofKnown[i]).MaxBy(group => group.Count())!.Key;
            if (nearest != ofCodes[n]) Interlocked.Increment(ref wrong);
        });
        return 100.0 * wrong / codes.Length;
    }

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    private static Chart Draw(string code, double[][] codes, ImageSet set)
    {
        var chart = new Chart($"Test digits by two numbers: {code}", new Scale("first number"), new Scale("second number"));
        for (var digit = 0; digit < set.Classes; digit++)
            chart.Points($"{digit}", Enumerable.Range(0, Math.Min(Shown, codes.Length)).Where(n => set.Labels[n] == digit).Select(n => (codes[n][0], codes[n][1])), digit);
        return chart;
    }
}

/// <summary>What both auto-encoders compute on either side of their code.</summary>
internal static class Coder
{
    /// <summary>Three layers, with a ReLU between them.</summary>
    public static Tensor Through(Dense[] layers, Tensor x) => layers[2].Apply(layers[1].Apply(layers[0].Apply(x).Relu()).Relu());
}

/// <summary>An auto-encoder with 30 numbers in its middle.</summary>
[Network]
public sealed partial class Coder30
{
    static readonly Dense[] Down = [new(256), new(128), new(30)], Up = [new(128), new(256), new(784)];

    [Predict]
    static Tensor Encode([Bytes, Shape(784)] Tensor x) => Coder.Through(Down, x);

    [Predict]
    static Tensor Rebuild([Bytes, Shape(784)] Tensor x) => Coder.Through(Up, Encode(x)).Sigmoid();

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x) => (Rebuild(x) - x).Square().Sum();
}

/// <summary>An auto-encoder with two numbers in its middle.</summary>
[Network]
public sealed partial class Coder2
{
    static readonly Dense[] Down = [new(256), new(128), new(2)], Up = [new(128), new(256), new(784)];

    [Predict]
    static Tensor Encode([Bytes, Shape(784)] Tensor x) => Coder.Through(Down, x);

    [Predict]
    static Tensor Rebuild([Bytes, Shape(784)] Tensor x) => Coder.Through(Up, Encode(x)).Sigmoid();

    [Learn]
    static Loss Learn([Bytes, Shape(784)] Tensor x) => (Rebuild(x) - x).Square().Sum();
}
