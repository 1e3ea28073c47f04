namespace Kiln.Kernels;

/// <summary>
/// A = L Lᵀ of a symmetric, positive definite matrix, in double precision. Our own, as Kiln.Runtime depends on nothing, and a small one is all it takes:
/// one weight is one row, so matrices have up to a few thousand. Row by row, each sum in ascending order: the same bits on any number of threads.
/// </summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower triangle by L. False, with the matrix destroyed, where it is not positive definite.</summary>
    /// <param name="a">Row-major; the part above the diagonal is not read.</param>
    /// <param name="size">Rows and columns.</param>
    public static bool Factor(double[] a, int size)
    {
        for (var i = 0; i < size; i++)
        {
            var row = a.AsSpan(i * size, size);
            for (var j = 0; j <= i; j++)
            {
                var other = a.AsSpan(j * size, size);
                var sum = row[j];
                for (var k = 0; k < j; k++) sum -= row[k] * other[k];
                if (j < i) row[j] = sum / other[j];
                else if (sum > 0 && double.IsFinite(sum)) row[j] = Math.Sqrt(sum);
                else return false;
            }
        }
        return true;
    }

    /// <summary>Replaces b by the solution of L Lᵀ x = b.</summary>
    public static void Solve(double[] l, int size, double[] b)
    {
        for (var i = 0; i < size; i++)
        {
            var row = l.AsSpan(i * size, size);
            var sum = b[i];
            for (var k = 0; k < i; k++) sum -= row[k] * b[k];
            b[i] = sum / row[i];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            var x = b[i] /= l[i * size + i];
            for (var k = 0; k < i; k++) b[k] -= l[i * size + k] * x;
        }
    }
}
