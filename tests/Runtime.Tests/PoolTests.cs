using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

public unsafe class PoolTests
{
    private const int Lanes = 16;

    /// <summary>Channels, height, width, kernel, strides, padding before, dilation, padding after, windows that hang over, divisor; a kernel of 0: windows that share the image, as many as the strides say.</summary>
    public static TheoryData<int[]> Shapes => new()
    {
        new int[] { 2, 6, 8, 2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
        new int[] { 3, 7, 5, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0 },
        new int[] { 1, 9, 10, 2, 3, 1, 3, 0, 1, 2, 1, 0, 1, 0, 0, 0 },
        new int[] { 2, 5, 11, 3, 4, 3, 1, 1, 2, 1, 2, 1, 2, 0, 0, 0 },
        new int[] { 2, 19, 18, 19, 18, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
        new int[] { 2, 5, 7, 2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 1, 1, 0 },
        new int[] { 2, 6, 7, 3, 2, 3, 3, 1, 0, 1, 1, 1, 1, 1, 0, 0 },
        new int[] { 3, 7, 5, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1 },
        new int[] { 1, 6, 7, 4, 2, 3, 1, 2, 1, 1, 2, 1, 0, 1, 0, 1 },
        new int[] { 2, 7, 6, 3, 2, 2, 3, 1, 0, 1, 1, 0, 1, 0, 0, 2 },
        new int[] { 2, 7, 10, 0, 0, 3, 4, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
        new int[] { 1, 3, 2, 0, 0, 5, 2, 0, 0, 1, 1, 0, 0, 0, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Pools_equal_the_loops(int[] n) => Check(n, 0);

    /// <summary>NaN is above every number: it is the maximum, and the first one gets the gradient.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Not_a_number_is_the_maximum(int[] n) => Check(n, 5);

    private static void Check(int[] n, int everyNaN)
    {
        var shares = n[3] == 0;
        int Out(int axis) => shares ? n[5 + axis] : (n[1 + axis] + n[7 + axis] + n[11 + axis] - n[9 + axis] * (n[3 + axis] - 1) - 1) / n[5 + axis] + 1 + n[13 + axis];
        var s = new ImageShape(n[0], n[1], n[2], n[0], Out(0), Out(1), n[3], n[4], shares ? 0 : n[5], shares ? 0 : n[6], n[7], n[8], n[9], n[10], 1, n[11], n[12], (PoolDivisor)n[15]);
        int inputs = s.Channels * s.Height * s.Width * Lanes, outputs = s.Channels * s.OutHeight * s.OutWidth * Lanes;
        using var x = new Floats(inputs, 1);
        using var values = new Floats(inputs, 2);
        using var dy = new Floats(outputs, 3);
        for (var i = 0; i < inputs; i++) x[i] = MathF.Round(x[i] * 3); // many windows have their maximum twice
        for (var i = 0; everyNaN > 0 && i < inputs; i += everyNaN) x[i] = float.NaN;
        var (max, gather, average) = (new float[outputs], new float[outputs], new float[outputs]);
        var (maxGradient, averageGradient) = (new float[inputs], new float[inputs]);
        for (var c = 0; c < s.Channels; c++)
            for (var i = 0; i < s.OutHeight; i++)
                for (var j = 0; j < s.OutWidth; j++)
                    for (var l = 0; l < Lanes; l++)
                    {
                        var (rows, columns) = (Taps(i, 0, inside: true), Taps(j, 1, inside: true));
                        var count = s.Divisor == PoolDivisor.One ? 1f : s.Divisor == PoolDivisor.Inside ? rows.Length * columns.Length : Taps(i, 0, inside: false).Length * Taps(j, 1, inside: false).Length;
                        var (first, terms, sum, segment, at) = (-1, 0, 0f, 0f, ((c * s.OutHeight + i) * s.OutWidth + j) * Lanes + l);
                        foreach (var row in rows)
                            foreach (var column in columns)
                            {
                                var tap = ((c * s.Height + row) * s.Width + column) * Lanes + l;
                                if (first < 0 || x[tap] > x[first] || float.IsNaN(x[tap]) && !float.IsNaN(x[first])) first = tap;
                                segment += x[tap];
                                averageGradient[tap] += dy[at] / count;
                                if (++terms % 256 != 0) continue;
                                sum += segment;
                                segment = 0;
                            }
                        (max[at], gather[at], average[at]) = (x[first], values[first], (sum + segment) / count);
                        maxGradient[first] += dy[at];
                    }
        At<V512>();
        At<V256>();
        At<V128>();

        void At<V>() where V : struct, IVector<V>
        {
            using var y = new Floats(outputs);
            using var dx = new Floats(inputs);
            ImageTiles.MaxPool<V>(x, y, s);
            AllSame(max, y, "MaxPool");
            ImageTiles.MaxPoolGather<V>(x, values, y, s);
            AllSame(gather, y, "MaxPoolGather");
            ImageTiles.AveragePool<V>(x, y, s);
            AllSame(average, y, "AveragePool");
            ImageTiles.MaxPoolGradient<V>(x, dy, dx, s);
            AllSame(maxGradient, dx, "MaxPoolGradient");
            ImageTiles.AveragePoolGradient<V>(dy, dx, s);
            AllSame(averageGradient, dx, "AveragePoolGradient");
        }

        // The rows or columns of one window, inside the image or inside the padded image.
        int[] Taps(int window, int axis, bool inside)
        {
            var (size, before, after) = (n[1 + axis], n[7 + axis], n[11 + axis]);
            if (shares) return [.. Enumerable.Range(0, size).Where(p => p >= window * size / n[5 + axis] && p < (double)((window + 1) * size) / n[5 + axis])];
            var taps = Enumerable.Range(0, n[3 + axis]).Select(u => window * n[5 + axis] + u * n[9 + axis] - before);
            return [.. taps.Where(p => inside ? p >= 0 && p < size : p >= -before && p < size + after)];
        }
    }

    private static void AllSame(float[] expected, Floats actual, string what)
    {
        for (var i = 0; i < expected.Length; i++) Same(expected[i] + 0f, actual[i] + 0f, $"{what}[{i}]"); // either zero
        actual.CheckGuard();
    }
}
