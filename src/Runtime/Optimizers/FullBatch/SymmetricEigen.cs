namespace Kiln.Kernels;

/// <summary>
/// A = V diag(λ) Vᵀ of a symmetric matrix, in double precision: Householder's reduction to a tridiagonal matrix, and the QL algorithm with implicit shifts
/// (Bowdler, Martin, Reinsch, Wilkinson 1968: tred2 and tql2 of EISPACK). Our own, as Kiln.Runtime depends on nothing.
/// </summary>
internal static class SymmetricEigen
{
    /// <summary>Replaces the matrix by its eigenvectors, a column each, of length 1.</summary>
    /// <param name="v">Row-major and symmetric.</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="values">Gets the eigenvalue of each column, in no order.</param>
    /// <param name="room">As many numbers, to work with.</param>
    /// <returns>False where it did not converge, as with numbers that are not finite.</returns>
    public static bool Decompose(double[] v, int size, double[] values, double[] room)
    {
        Tridiagonalise(v, size, values, room);
        return Diagonalise(v, size, values, room);
    }

    private static void Tridiagonalise(double[] v, int n, double[] d, double[] e)
    {
        for (var j = 0; j < n; j++) d[j] = v[(n - 1) * n + j];
        for (var i = n - 1; i > 0; i--)
        {
            var (scale, h) = (0.0, 0.0);
            for (var k = 0; k < i; k++) scale += Math.Abs(d[k]);
            if (scale == 0)
            {
                e[i] = d[i - 1];
                for (var j = 0; j < i; j++)
                {
                    d[j] = v[(i - 1) * n + j];
                    v[i * n + j] = v[j * n + i] = 0;
                }
            }
            else
            {
                for (var k = 0; k < i; k++)
                {
                    d[k] /= scale;
                    h += d[k] * d[k];
                }
                var f = d[i - 1];
                var g = f > 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
                e[i] = scale * g;
                h -= f * g;
                d[i - 1] = f - g;
                Array.Clear(e, 0, i);
                for (var j = 0; j < i; j++)
                {
                    f = d[j];
                    v[j * n + i] = f;
                    g = e[j] + v[j * n + j] * f;
                    for (var k = j + 1; k < i; k++)
                    {
                        g += v[k * n + j] * d[k];
                        e[k] += v[k * n + j] * f;
                    }
                    e[j] = g;
                }
                f = 0;
                for (var j = 0; j < i; j++)
                {
                    e[j] /= h;
                    f += e[j] * d[j];
                }
                for (var j = 0; j < i; j++) e[j] -= f / (h + h) * d[j];
                for (var j = 0; j < i; j++)
                {
                    for (var k = j; k < i; k++) v[k * n + j] -= d[j] * e[k] + e[j] * d[k];
                    d[j] = v[(i - 1) * n + j];
                    v[i * n + j] = 0;
                }
            }
            d[i] = h;
        }

        // The product of the reflections.
        for (var i = 0; i < n - 1; i++)
        {
            v[(n - 1) * n + i] = v[i * n + i];
            v[i * n + i] = 1;
            var h = d[i + 1];
            if (h != 0)
            {
                for (var k = 0; k <= i; k++) d[k] = v[k * n + i + 1] / h;
                for (var j = 0; j <= i; j++)
                {
                    var g = 0.0;
                    for (var k = 0; k <= i; k++) g += v[k * n + i + 1] * v[k * n + j];
                    for (var k = 0; k <= i; k++) v[k * n + j] -= g * d[k];
                }
            }
            for (var k = 0; k <= i; k++) v[k * n + i + 1] = 0;
        }
        for (var j = 0; j < n; j++)
        {
            d[j] = v[(n - 1) * n + j];
            v[(n - 1) * n + j] = 0;
        }
        v[n * n - 1] = 1;
        e[0] = 0;
    }

    private static bool Diagonalise(double[] v, int n, double[] d, double[] e)
    {
        const double Epsilon = 1.0 / (1L << 52);
        const int MostSweeps = 60;
        for (var i = 1; i < n; i++) e[i - 1] = e[i];
        e[n - 1] = 0;
        var (shifts, largest) = (0.0, 0.0);
        for (var l = 0; l < n; l++)
        {
            largest = Math.Max(largest, Math.Abs(d[l]) + Math.Abs(e[l]));
            if (!double.IsFinite(largest)) return false;
            var m = l;
            while (m < n - 1 && Math.Abs(e[m]) > Epsilon * largest) m++;
            for (var sweeps = 0; m > l && Math.Abs(e[l]) > Epsilon * largest; sweeps++)
            {
                if (sweeps == MostSweeps) return false;
                var g = d[l];
                var p = (d[l + 1] - g) / (2 * e[l]);
                var r = p < 0 ? -Hypotenuse(p, 1) : Hypotenuse(p, 1);
                d[l] = e[l] / (p + r);
                d[l + 1] = e[l] * (p + r);
                var next = d[l + 1];
                var h = g - d[l];
                for (var i = l + 2; i < n; i++) d[i] -= h;
                shifts += h;

                p = d[m];
                var (c, c2, c3, s, s2, beside) = (1.0, 1.0, 1.0, 0.0, 0.0, e[l + 1]);
                for (var i = m - 1; i >= l; i--)
                {
                    (c3, c2, s2) = (c2, c, s);
                    g = c * e[i];
                    h = c * p;
                    r = Hypotenuse(p, e[i]);
                    e[i + 1] = s * r;
                    s = e[i] / r;
                    c = p / r;
                    p = c * d[i] - s * g;
                    d[i + 1] = h + s * (c * g + s * d[i]);
                    for (var k = 0; k < n; k++)
                    {
                        var (left, right) = (v[k * n + i], v[k * n + i + 1]);
                        v[k * n + i + 1] = s * left + c * right;
                        v[k * n + i] = c * left - s * right;
                    }
                }
                p = -s * s2 * c3 * beside * e[l] / next;
                e[l] = s * p;
                d[l] = c * p;
            }
            d[l] += shifts;
            e[l] = 0;
        }
        return true;
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);
}
