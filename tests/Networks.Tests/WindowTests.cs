using Kiln;

namespace Networks.Tests;

/// <summary>Pools whose last windows hang over the image.</summary>
[Network]
public sealed partial class Overhangs
{
    [Predict] static Tensor Five([Shape(1, 1, 5)] Tensor x) => x.AveragePool2D((1, 2), ceiling: true);
    [Predict] static Tensor Square([Shape(1, 7, 7)] Tensor x) => x.AveragePool2D(2, stride: 3, ceiling: true);
    [Predict] static Tensor Padded([Shape(1, 1, 5)] Tensor x) => x.AveragePool2D((1, 3), stride: (1, 2), padding: (0, 1), ceiling: true);
    [Predict] static Tensor Inside([Shape(1, 1, 5)] Tensor x) => x.AveragePool2D((1, 3), stride: (1, 2), padding: (0, 1), ceiling: true, countPadding: false);
    [Predict] static Tensor After([Shape(1, 1, 6)] Tensor x) => x.MaxPool2D((1, 2), stride: (1, 3), padding: (0, 0, 0, 1), ceiling: true);
    [Predict] static Tensor Longer([Shape(1, 1, 1)] Tensor x) => x.AveragePool2D((1, 2), ceiling: true);
}

/// <summary>A convolution and its transposed, with one weight.</summary>
[Network]
public sealed partial class ThereAndBack
{
    static readonly Conv2D Strided = new(5) { Kernel = 3, Stride = 2, PaddingTop = 1, Bias = false };

    [Predict] static Tensor There([Shape(3, 8, 7)] Tensor x) => Strided.Apply(x);
    [Predict] static Tensor Back([Shape(5, 4, 3)] Tensor y) => Strided.Transposed(bias: false).Apply(y);

    // A weight read under other axes is another kernel than its own.
    [Predict] static Tensor Other([Shape(27, 2, 2)] Tensor x) => x.Convolve2D(Strided.Weight.Reshape(5, 27, 1, 1));
}

/// <summary>Windows at an image's edge, with the numbers written out.</summary>
public class WindowTests
{
    private readonly Overhangs _net = new(batch: 3);

    [Fact]
    public void What_hangs_over_does_not_count_in_a_mean()
    {
        Is([1.5f, 3.5f, 5], _net.Five, [1, 2, 3, 4, 5]);
        Is([4, 7, 9.5f, 25, 28, 30.5f, 42.5f, 45.5f, 48], _net.Square, [.. Enumerable.Range(0, 49).Select(i => (float)i)]);
        Is([3], _net.Longer, [3]);
    }

    [Fact]
    public void Padding_counts_as_zeros_unless_told()
    {
        Is([1, 3, 3], _net.Padded, [1, 2, 3, 4, 5]);
        Is([1.5f, 3, 4.5f], _net.Inside, [1, 2, 3, 4, 5]);
    }

    /// <summary>Over 6 pixels and one of padding, windows of 2 begin at 0 and 3; one at 6 would begin in the padding.</summary>
    [Fact]
    public void A_window_that_begins_after_the_image_is_none() => Is([-2, -5], _net.After, [-3, -2, -1, -6, -5, -4]);

    /// <summary>⟨conv(x), y⟩ = ⟨x, transposed(y)⟩: the one is the other's adjoint.</summary>
    [Fact]
    public void A_transposed_convolution_is_the_adjoint()
    {
        using var net = new ThereAndBack(seed: 4);
        float[] x = Trainings.Numbers(3 * 8 * 7, 1), y = Trainings.Numbers(5 * 4 * 3, 2), there = new float[y.Length], back = new float[x.Length];
        net.There(x, there);
        net.Back(y, back);
        Assert.Equal(there.Zip(y, (a, b) => (double)a * b).Sum(), back.Zip(x, (a, b) => (double)a * b).Sum(), 1e-4);
    }

    [Fact]
    public void A_weight_under_other_axes_keeps_its_order()
    {
        using var net = new ThereAndBack(seed: 4);
        float[] x = Trainings.Numbers(27 * 4, 1), weight = new float[5 * 27], y = new float[5 * 4];
        net["strided.weight"].CopyTo(weight);
        net.Other(x, y);
        for (var i = 0; i < y.Length; i++) Assert.Equal(Enumerable.Range(0, 27).Sum(k => weight[i / 4 * 27 + k] * x[k * 4 + i % 4]), y[i], 1e-5);
    }

    private static void Is(float[] expected, Program program, float[] x)
    {
        var y = new float[expected.Length];
        program(x, y);
        Assert.Equal(expected, y);
    }

    private delegate void Program(ReadOnlySpan<float> x, Span<float> y);
}
