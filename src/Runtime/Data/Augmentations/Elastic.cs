using System.Numerics;
using Kiln.Kernels;

namespace Kiln.Data.Augmentations;

/// <summary>Displacements of smoothed noise. The noise goes on beyond the image, so that pixels at its edge are displaced as much as others.</summary>
internal sealed record Elastic(float Strength, float Smoothness) : MoveStep
{
    // Whole vectors of any width.
    private const int Align = 16;

    private readonly float[] _weights = Gaussian(Smoothness);

    private int Radius => _weights.Length / 2;

    public override int Scratch(int height, int width) =>
        checked((height + 2 * Radius) * NoiseStride(width) + height * NoiseStride(width) + Align + 2 * height * FieldStride(width));

    public override unsafe void Move(Canvas canvas, in Draws draws)
    {
        var (height, width, stride) = (canvas.Height, canvas.Width, FieldStride(canvas.Width));
        var fields = canvas.Scratch[^(2 * height * stride)..];
        Fill(fields[..(height * stride)], canvas, draws);
        Fill(fields[(height * stride)..], canvas, draws with { Stream = ~draws.Stream });

        fixed (float* rows = canvas.Rows, columns = canvas.Columns, down = fields)
        {
            var right = down + height * stride;
            for (var i = 0; i < height * width; i++)
            {
                var (row, column) = (Math.Clamp(rows[i], 0, height - 1), Math.Clamp(columns[i], 0, width - 1));
                var (top, left) = ((int)row, (int)column);
                var (below, beside) = (top + 1 < height ? stride : 0, left + 1 < width ? 1 : 0);
                rows[i] += Between(down + top * stride + left, beside, below, row - top, column - left);
                columns[i] += Between(right + top * stride + left, beside, below, row - top, column - left);
            }
        }
    }

    /// <summary>The displacements in one direction.</summary>
    private void Fill(Span<float> field, Canvas canvas, in Draws draws)
    {
        var (height, stride, noiseStride) = (canvas.Height, FieldStride(canvas.Width), NoiseStride(canvas.Width));
        var noise = canvas.Scratch[..((height + 2 * Radius) * noiseStride)];
        var smooth = canvas.Scratch.Slice(noise.Length, height * noiseStride + Align);
        draws.Uniform(noise);
        for (var row = 0; row < height; row++)
            Smooth(noise[(row * noiseStride)..], noiseStride, smooth.Slice(row * noiseStride, noiseStride));
        for (var row = 0; row < height; row++)
            Smooth(smooth[(row * noiseStride)..], 1, field.Slice(row * stride, stride));
        // Noise is from 0 to 1 until here; the weights' sum is 1.
        foreach (ref var distance in field) distance = Strength * (2 * distance - 1);
    }

    private int NoiseStride(int width) => (width + 2 * Radius + Align - 1) / Align * Align;

    private static int FieldStride(int width) => (width + Align - 1) / Align * Align;

    /// <summary>Each number of the target is a weighted sum of the source's from its own place on, a step apart. Whole vectors, four of them at a time.</summary>
    private unsafe void Smooth(Span<float> source, int step, Span<float> target)
    {
        var four = 4 * Vector<float>.Count;
        fixed (float* from = source, to = target, weights = _weights)
        {
            var i = 0;
            for (; i + four <= target.Length; i += four)
            {
                var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
                for (var k = 0; k < _weights.Length; k++)
                {
                    var weight = new Vector<float>(weights[k]);
                    var at = from + i + k * step;
                    a += weight * Vector.Load(at);
                    b += weight * Vector.Load(at + Vector<float>.Count);
                    c += weight * Vector.Load(at + 2 * Vector<float>.Count);
                    d += weight * Vector.Load(at + 3 * Vector<float>.Count);
                }
                a.Store(to + i);
                b.Store(to + i + Vector<float>.Count);
                c.Store(to + i + 2 * Vector<float>.Count);
                d.Store(to + i + 3 * Vector<float>.Count);
            }
            for (; i < target.Length; i += Vector<float>.Count)
            {
                var sum = Vector<float>.Zero;
                for (var k = 0; k < _weights.Length; k++) sum += new Vector<float>(weights[k]) * Vector.Load(from + i + k * step);
                sum.Store(to + i);
            }
        }
    }

    private static unsafe float Between(float* at, int beside, int below, float down, float right) =>
        (1 - down) * ((1 - right) * at[0] + right * at[beside]) + down * ((1 - right) * at[below] + right * at[below + beside]);

    /// <summary>To three standard deviations on either side, of sum 1.</summary>
    private static unsafe float[] Gaussian(float deviation)
    {
        var radius = (int)MathF.Ceiling(3 * deviation);
        var weights = new float[2 * radius + 1];
        var sum = 0f;
        for (var i = 0; i < weights.Length; i++)
        {
            var distance = (i - radius) / deviation;
            float weight;
            VectorMath.Exp(V32.Broadcast(-0.5f * distance * distance)).Store(&weight);
            sum += weights[i] = weight;
        }
        foreach (ref var weight in weights.AsSpan()) weight /= sum;
        return weights;
    }
}
