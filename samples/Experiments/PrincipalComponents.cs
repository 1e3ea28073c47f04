using System.Numerics;
using Kiln.Data;

namespace Kiln.Samples.Experiments;

/// <summary>The directions in which images vary most: the eigenvectors of their covariance with the largest eigenvalues, by orthogonal iteration.</summary>
internal sealed class PrincipalComponents
{
    // So many more directions than wanted are iterated: the last ones converge slowly.
    private const int Spare = 10, Iterations = 100;

    private readonly double[] _mean;
    private readonly double[][] _directions;

    public PrincipalComponents(ImageSet set, int count)
    {
        var size = set.ImageLength;
        (_mean, var covariance) = Moments(set);
        var random = new Random(1);
        _directions = [.. Enumerable.Range(0, Math.Min(count + Spare, size)).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        Orthonormalize(_directions);
        for (var i = 0; i < Iterations; i++)
        {
            _directions = [.. _directions.Select(direction => covariance.Select(row => Dot(row, direction)).ToArray())];
            Orthonormalize(_directions);
        }
        _directions = _directions[..count];
    }

    /// <summary>An image's coordinates along the first directions.</summary>
    public double[] Code(ReadOnlySpan<byte> image, int count)
    {
        var centred = Centred(image);
        return [.. _directions.Take(count).Select(direction => Dot(direction, centred))];
    }

    /// <summary>The squared distance of an image, whose pixels are from 0 to 1, to what its first coordinates say of it.</summary>
    public double Error(ReadOnlySpan<byte> image, int count)
    {
        var centred = Centred(image);
        return Dot(centred, centred) - _directions.Take(count).Select(direction => Dot(direction, centred)).Sum(coordinate => coordinate * coordinate);
    }

    private double[] Centred(ReadOnlySpan<byte> image)
    {
        var centred = new double[image.Length];
        for (var i = 0; i < centred.Length; i++)
            centred[i] = image[i] / 255.0 - _mean[i];
        return centred;
    }

    private static (double[] Mean, double[][] Covariance) Moments(ImageSet set)
    {
        var size = set.ImageLength;
        var (sum, products) = (new double[size], Enumerable.Range(0, size).Select(_ => new double[size]).ToArray());
        var inked = new List<int>();
        for (var n = 0; n < set.Count; n++)
        {
            // Most pixels are black.
            var image = set.Images.Slice(n * size, size);
            inked.Clear();
            for (var i = 0; i < size; i++)
                if (image[i] > 0) inked.Add(i);
            foreach (var i in inked)
            {
                var (pixel, row) = (image[i] / (255.0 * 255), products[i]);
                sum[i] += image[i] / 255.0;
                foreach (var j in inked)
                    row[j] += pixel * image[j];
            }
        }
        for (var i = 0; i < size; i++)
        {
            sum[i] /= set.Count;
            for (var j = 0; j < size; j++)
                products[i][j] /= set.Count;
        }
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
                products[i][j] -= sum[i] * sum[j];
        return (sum, products);
    }

    private static void Orthonormalize(double[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var share = Dot(vectors[i], vectors[j]);
                for (var k = 0; k < vectors[i].Length; k++)
                    vectors[i][k] -= share * vectors[j][k];
            }
            var norm = Math.Sqrt(Dot(vectors[i], vectors[i]));
            for (var k = 0; k < vectors[i].Length; k++)
                vectors[i][k] /= norm;
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = Vector<double>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
            sum += new Vector<double>(a, i) * new Vector<double>(b, i);
        var rest = Vector.Sum(sum);
        for (; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }
}
