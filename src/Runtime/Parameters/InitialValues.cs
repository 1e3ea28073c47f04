using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>
/// Draws a parameter's initial values, row-major in its logical shape, from Philox keyed by seed and name. Between seed and
/// values there is exact or correctly rounded arithmetic and <see cref="VectorMath"/> only, so they are equal on every machine.
/// </summary>
internal static unsafe class InitialValues
{
    /// <summary>Draws the values.</summary>
    /// <param name="parameter">Says how.</param>
    /// <param name="seed">Key of the random numbers.</param>
    /// <param name="values">As many floats as the parameter is long.</param>
    public static void Draw(ParameterInfo parameter, ulong seed, float* values)
    {
        var stream = Philox.StreamOf(parameter.Name);
        var (scale, fanIn, fanOut) = (parameter.Scale, Math.Max(parameter.FanIn, 1), Math.Max(parameter.FanOut, 1));
        switch (parameter.Initializer)
        {
            case Initializer.Zeros:
                break;
            case Initializer.Ones:
                new Span<float>(values, parameter.Length).Fill((float)scale);
                break;
            case Initializer.Normal:
                Normal(scale);
                break;
            case Initializer.Uniform:
                Uniform(scale);
                break;
            case Initializer.TruncatedNormal:
                Normal(1);
                Redraw(values, parameter.Length, seed, stream);
                Multiply(scale);
                break;
            case Initializer.GlorotUniform:
                Uniform(scale * Math.Sqrt(6.0 / ((double)fanIn + fanOut)));
                break;
            case Initializer.GlorotNormal:
                Normal(scale * Math.Sqrt(2.0 / ((double)fanIn + fanOut)));
                break;
            case Initializer.HeNormal:
                Normal(scale * Math.Sqrt(2.0 / fanIn));
                break;
            case Initializer.HeUniform:
                Uniform(scale * Math.Sqrt(6.0 / fanIn));
                break;
            case Initializer.LeCunNormal:
                Normal(scale * Math.Sqrt(1.0 / fanIn));
                break;
            case Initializer.Orthogonal:
                Normal(1);
                Orthonormalize(values, parameter.Shape[0], parameter.Length / parameter.Shape[0], scale);
                break;
            case Initializer.Identity:
                Identity(values, parameter.Shape, (float)scale);
                break;
            default:
                // What the compiler leaves open is a layer's weight.
                Uniform(scale * Math.Sqrt(1.0 / fanIn));
                break;
        }

        void Normal(double deviation)
        {
            Philox.FillNormalRows<V128>(values, parameter.Length, seed, stream, 0, 0);
            Multiply(deviation);
        }

        void Uniform(double bound)
        {
            Philox.FillUniformRows(values, parameter.Length, seed, stream, 0, 0);
            for (var i = 0; i < parameter.Length; i++) values[i] = (float)((2 * (double)values[i] - 1) * bound);
        }

        void Multiply(double factor)
        {
            for (var i = 0; i < parameter.Length; i++) values[i] = (float)(values[i] * factor);
        }
    }

    /// <summary>Draws what lies beyond ±2 again, each try a sample of its own, until it does not.</summary>
    private static void Redraw(float* values, int length, ulong seed, uint stream)
    {
        for (var i = 0; i < length; i++)
        {
            for (var attempt = 1ul; Math.Abs(values[i]) > 2; attempt++) values[i] = Philox.Normal((uint)i, seed, stream, 0, attempt);
        }
    }

    /// <summary>
    /// The rows, or the columns if they are fewer, become orthonormal: Gram-Schmidt, each vector twice, which is enough (L. Giraud, J.
    /// Langou, M. Rozložník 2005). Of normal numbers this is uniform over the orthogonal matrices, as R's diagonal is positive.
    /// </summary>
    private static void Orthonormalize(float* values, int rows, int columns, double scale)
    {
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var (vectorStride, elementStride) = rows <= columns ? (columns, 1) : (1, columns);
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors[i] = new double[(length + 3) / 4 * 4];
            for (var j = 0; j < length; j++) vector[j] = values[(long)i * vectorStride + (long)j * elementStride];
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < i; k++) AddMultiple(vector, vectors[k], -Dot(vector, vectors[k]));
            }

            var norm = Math.Sqrt(Dot(vector, vector));
            for (var j = 0; j < length; j++)
            {
                vector[j] /= norm;
                values[(long)i * vectorStride + (long)j * elementStride] = (float)(vector[j] * scale);
            }
        }
    }

    // Four lanes whatever the machine has, and no fused operation: the same bits everywhere.
    private static double Dot(double[] a, double[] b)
    {
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < a.Length; i += 4) sum += Vector256.Create(a, i) * Vector256.Create(b, i);
        return (sum[0] + sum[2]) + (sum[1] + sum[3]);
    }

    private static void AddMultiple(double[] target, double[] a, double factor)
    {
        var factors = Vector256.Create(factor);
        for (var i = 0; i < a.Length; i += 4) (Vector256.Create(target, i) + Vector256.Create(a, i) * factors).CopyTo(target, i);
    }

    /// <summary>The diagonal of a matrix; of a convolution's weight, the middle tap from channel i to channel i.</summary>
    private static void Identity(float* values, int[] shape, float scale)
    {
        var taps = 1L;
        var middle = 0L;
        foreach (var size in shape.AsSpan(2))
        {
            taps *= size;
            middle = middle * size + size / 2;
        }

        for (var i = 0L; i < Math.Min(shape[0], shape[1]); i++) values[(i * shape[1] + i) * taps + middle] = scale;
    }
}
