using Kiln.Training;

namespace Kiln.Kernels;

/// <summary>
/// JᵀJ and Jᵀr of the residuals of all rows. Products of two floats are exact in double precision, and each sum runs over the rows in their order:
/// the same bits on any number of threads and any processor.
/// </summary>
internal sealed unsafe class NormalEquations
{
    // Rows of the matrix that a pass over the Jacobian serves.
    private const int Block = 16;

    private readonly double[] _product;
    private readonly double[] _factor;
    private readonly double[] _gradient;

    public NormalEquations(int size)
    {
        Size = size;
        _product = new double[size * size];
        _factor = new double[size * size];
        _gradient = new double[size];
    }

    /// <summary>Weights.</summary>
    public int Size { get; }

    /// <summary>The largest element of the diagonal of JᵀJ.</summary>
    public double LargestDiagonal
    {
        get
        {
            var largest = 0.0;
            for (var i = 0; i < Size; i++) largest = Math.Max(largest, _product[i * Size + i]);
            return largest;
        }
    }

    /// <summary>Computes both at the weights of the objective's start. False where a number is not finite.</summary>
    public bool Compute(Objective objective)
    {
        var (residuals, jacobian) = objective.Jacobian();
        fixed (double* product = _product)
        {
            var arguments = new Arguments { Jacobian = (float*)jacobian, Rows = (long)objective.Rows * objective.ResidualsPerRow, Size = Size, Product = product };
            objective.Workers.Run(&Stage, &arguments, (Size + Block - 1) / Block);
            Array.Clear(_gradient);
            for (var row = 0L; row < arguments.Rows; row++)
            {
                var residual = (double)((float*)residuals)[row];
                var slopes = arguments.Jacobian + row * Size;
                for (var i = 0; i < Size; i++) _gradient[i] += residual * slopes[i];
            }
        }
        foreach (var value in _gradient)
            if (!double.IsFinite(value)) return false;
        return double.IsFinite(LargestDiagonal);
    }

    /// <summary>direction ← −(JᵀJ + damping · I)⁻¹ Jᵀr. False where that matrix is not positive definite, as far as double precision can tell.</summary>
    public bool Solve(double damping, double[] direction)
    {
        Array.Copy(_product, _factor, _product.Length);
        for (var i = 0; i < Size; i++) _factor[i * Size + i] += damping;
        if (!Cholesky.Factor(_factor, Size)) return false;
        Vectors.Negate(_gradient, direction);
        Cholesky.Solve(_factor, Size, direction);
        foreach (var value in direction)
            if (!double.IsFinite(value)) return false;
        return true;
    }

    /// <summary>By how much the sum of squares over two falls with a step along the direction that <see cref="Solve"/> gave, if residuals are linear.</summary>
    public double Promised(double damping, double[] direction, double length)
    {
        var (along, square) = (Vectors.Dot(_gradient, direction), Vectors.Dot(direction, direction));
        return -length * along - 0.5 * length * length * (-along - damping * square);
    }

    // Rows [16 first, 16 end) of the lower triangle.
    private static void Stage(void* pointer, int first, int end)
    {
        var a = *(Arguments*)pointer;
        var (begin, stop) = (first * Block, Math.Min(end * Block, a.Size));
        new Span<double>(a.Product + (long)begin * a.Size, (stop - begin) * a.Size).Clear();
        for (var from = begin; from < stop; from += Block)
        {
            var to = Math.Min(from + Block, stop);
            for (var row = 0L; row < a.Rows; row++)
            {
                var slopes = a.Jacobian + row * a.Size;
                for (var i = from; i < to; i++)
                {
                    var slope = (double)slopes[i];
                    var sums = a.Product + (long)i * a.Size;
                    for (var j = 0; j <= i; j++) sums[j] += slope * slopes[j];
                }
            }
        }
    }

    private struct Arguments
    {
        public float* Jacobian;
        public long Rows;
        public int Size;
        public double* Product;
    }
}
