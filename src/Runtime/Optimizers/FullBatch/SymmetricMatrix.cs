namespace Kiln.Kernels;

/// <summary>A symmetric matrix of second derivatives, factored or decomposed in double precision.</summary>
internal sealed unsafe class SymmetricMatrix(int size)
{
    private readonly double[] _matrix = new double[size * size];
    private readonly double[] _factor = new double[size * size];
    private readonly double[] _values = new double[size];
    private readonly double[] _shares = new double[size];

    /// <summary>The largest eigenvalue, without its sign. After <see cref="Decompose"/>.</summary>
    public double LargestValue => Vectors.Largest(_values);

    /// <summary>Takes the mean of a matrix in single precision and its transpose, and adds to the diagonal. False where a number is not finite.</summary>
    public bool Load(IntPtr matrix, double diagonal)
    {
        var from = (float*)matrix;
        var isFinite = true;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var mean = ((double)from[i * size + j] + from[j * size + i]) / 2 + (i == j ? diagonal : 0);
                _matrix[i * size + j] = _matrix[j * size + i] = mean;
                isFinite &= double.IsFinite(mean);
            }
        }
        return isFinite;
    }

    /// <summary>x ← −A⁻¹ b; false where the matrix is not positive definite.</summary>
    public bool Solve(double[] b, double[] x)
    {
        _matrix.CopyTo(_factor, 0);
        if (!Cholesky.Factor(_factor, size)) return false;
        Vectors.Negate(b, x);
        Cholesky.Solve(_factor, size, x);
        foreach (var value in x)
            if (!double.IsFinite(value)) return false;
        return true;
    }

    /// <summary>Finds eigenvalues and eigenvectors; false where that fails.</summary>
    public bool Decompose()
    {
        _matrix.CopyTo(_factor, 0);
        return SymmetricEigen.Decompose(_factor, size, _values, _shares);
    }

    /// <summary>x ← −Σ v (v·b) / max(|λ|, least · the largest |λ|), over the eigenvectors v.</summary>
    public void SolveWithoutSigns(double[] b, double[] x, double least)
    {
        Array.Clear(_shares);
        for (var i = 0; i < size; i++)
            for (var k = 0; k < size; k++) _shares[k] += _factor[i * size + k] * b[i];
        var smallest = Math.Max(least * LargestValue, double.Epsilon);
        for (var k = 0; k < size; k++) _shares[k] /= -Math.Max(Math.Abs(_values[k]), smallest);
        for (var i = 0; i < size; i++)
        {
            x[i] = 0;
            for (var k = 0; k < size; k++) x[i] += _factor[i * size + k] * _shares[k];
        }
    }

    /// <summary>The lowest eigenvalue, and its eigenvector, whose largest element is positive.</summary>
    public double Lowest(double[] vector)
    {
        var lowest = Array.IndexOf(_values, _values.Min());
        for (var i = 0; i < size; i++) vector[i] = _factor[i * size + lowest];
        var largest = Vectors.Largest(vector);
        if (Array.IndexOf(vector, largest) < 0) Vectors.Negate(vector, vector);
        return _values[lowest];
    }
}
