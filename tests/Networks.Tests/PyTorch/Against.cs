using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

internal delegate void OneInput(ReadOnlySpan<float> x, ReadOnlySpan<float> cotangent, Span<float> y, Span<float> gradient);

internal delegate void TwoInputs(ReadOnlySpan<float> x, ReadOnlySpan<float> u, ReadOnlySpan<float> cotangent, Span<float> y, Span<float> gradientX, Span<float> gradientU);

internal delegate void ThreeInputs(ReadOnlySpan<float> x, ReadOnlySpan<float> u, ReadOnlySpan<float> v, ReadOnlySpan<float> cotangent, Span<float> y, Span<float> gradientX, Span<float> gradientU, Span<float> gradientV);

internal delegate void Labelled(ReadOnlySpan<float> x, ReadOnlySpan<int> label, ReadOnlySpan<float> cotangent, Span<float> y, Span<float> gradient);

internal delegate void Function(ReadOnlySpan<float> x, Span<float> y);

/// <summary>Compiled programs against a file of tests/fixtures.</summary>
internal static class Against
{
    public const double Values = 1e-5, Gradients = 1e-4;

    public static float[] Floats(this Fixture fixture, string key) => [.. fixture[key].Select(value => (float)value)];

    public static int[] Labels(this Fixture fixture, string key) => [.. fixture[key].Select(value => (int)value)];

    public static float[] Room(this Fixture fixture, string key) => new float[fixture[key].Length];

    /// <summary>
    /// Every element within a relative error. An element much smaller than the tensor's largest is a sum that cancels: what counts for it is a
    /// tenth of the largest.
    /// </summary>
    public static void Near(this Fixture fixture, string key, ReadOnlySpan<float> actual, double tolerance)
    {
        var expected = fixture[key];
        Assert.True(expected.Length == actual.Length, $"{key}: expected {expected.Length} values, but there are {actual.Length}");
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance * Math.Max(Math.Abs(expected[i]), 0.1 * largest), $"{key}[{i}]: expected {expected[i]:R}, but it is {actual[i]:R}");
        }
    }

    public static void Check(this Fixture fixture, string name, OneInput program)
    {
        var (y, gradient) = (fixture.Room($"{name}/y"), fixture.Room($"{name}/gradient/x"));
        program(fixture.Floats($"{name}/x"), fixture.Floats($"{name}/cotangent"), y, gradient);
        fixture.Near($"{name}/y", y, Values);
        fixture.Near($"{name}/gradient/x", gradient, Gradients);
    }

    public static void Check(this Fixture fixture, string name, TwoInputs program)
    {
        var (y, gradientX, gradientU) = (fixture.Room($"{name}/y"), fixture.Room($"{name}/gradient/x"), fixture.Room($"{name}/gradient/u"));
        program(fixture.Floats($"{name}/x"), fixture.Floats($"{name}/u"), fixture.Floats($"{name}/cotangent"), y, gradientX, gradientU);
        fixture.Near($"{name}/y", y, Values);
        fixture.Near($"{name}/gradient/x", gradientX, Gradients);
        fixture.Near($"{name}/gradient/u", gradientU, Gradients);
    }

    public static void Check(this Fixture fixture, string name, ThreeInputs program)
    {
        var (y, gradientX, gradientU, gradientV) = (fixture.Room($"{name}/y"), fixture.Room($"{name}/gradient/x"), fixture.Room($"{name}/gradient/u"), fixture.Room($"{name}/gradient/v"));
        program(fixture.Floats($"{name}/x"), fixture.Floats($"{name}/u"), fixture.Floats($"{name}/v"), fixture.Floats($"{name}/cotangent"), y, gradientX, gradientU, gradientV);
        fixture.Near($"{name}/y", y, Values);
        fixture.Near($"{name}/gradient/x", gradientX, Gradients);
        fixture.Near($"{name}/gradient/u", gradientU, Gradients);
        fixture.Near($"{name}/gradient/v", gradientV, Gradients);
    }

    public static void Check(this Fixture fixture, string name, Labelled program)
    {
        var (y, gradient) = (fixture.Room($"{name}/y"), fixture.Room($"{name}/gradient/x"));
        program(fixture.Floats($"{name}/x"), fixture.Labels($"{name}/label"), fixture.Floats($"{name}/cotangent"), y, gradient);
        fixture.Near($"{name}/y", y, Values);
        fixture.Near($"{name}/gradient/x", gradient, Gradients);
    }
}

/// <summary>Words the networks of these tests share.</summary>
internal static class Probe
{
    /// <summary>y, and the gradient of Σ y · cotangent.</summary>
    public static (Tensor Y, Tensor Gradient) Of(Tensor y, Tensor x, Tensor cotangent) => (y, (y * cotangent).Sum().Gradient(x));

    public static (Tensor Y, Tensor GradientX, Tensor GradientU) Of(Tensor y, Tensor x, Tensor u, Tensor cotangent) =>
        (y, (y * cotangent).Sum().Gradient(x), (y * cotangent).Sum().Gradient(u));

    public static (Tensor Y, Tensor GradientX, Tensor GradientU, Tensor GradientV) Of(Tensor y, Tensor x, Tensor u, Tensor v, Tensor cotangent) =>
        (y, (y * cotangent).Sum().Gradient(x), (y * cotangent).Sum().Gradient(u), (y * cotangent).Sum().Gradient(v));
}
