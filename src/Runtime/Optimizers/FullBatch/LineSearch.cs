using Kiln.Training;

namespace Kiln.Kernels;

/// <summary>
/// Searches the length of a step along <see cref="Objective.Direction"/>. By cubic interpolation for the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5
/// and 3.6, with the safeguards of Schmidt's minFunc, which PyTorch's LBFGS has too), or backwards from a first length for Armijo's condition alone.
/// <para>
/// Losses of single precision, at weights of single precision, leave the minimum of a cubic an error of some 10⁻⁶ of its length. Slopes are sums of many products in
/// double precision: the minimum of the parabola that follows from two of them is ten times as exact.
/// </para>
/// </summary>
internal readonly ref struct LineSearch
{
    /// <summary>Armijo's: the share of the decrease that the slope promises.</summary>
    private const double Decrease = 1e-4;

    private const int Most = 25;

    private readonly Objective _objective;
    private readonly double _slope;
    private readonly double _flatter;
    private readonly bool _bySlopes;
    private readonly double _resolution;

    /// <param name="objective">Whose direction is searched.</param>
    /// <param name="slope">The derivative of the loss along the direction at its start: below 0.</param>
    /// <param name="flatter">The share of the slope that may be left at the end, above 0 and below 1.</param>
    /// <param name="bySlopes">Whether a length comes from two slopes alone, where their parabola has a minimum within the bounds.</param>
    public LineSearch(Objective objective, double slope, double flatter = 0.9, bool bySlopes = false)
    {
        (_objective, _slope, _flatter, _bySlopes) = (objective, slope, flatter, bySlopes);
        _resolution = 1e-9 / Vectors.Largest(objective.Direction);
    }

    /// <summary>A length that was tried.</summary>
    public readonly record struct Point(double Length, double Loss, double Slope, double[] Gradient);

    /// <summary>The length that meets the conditions, or the best that was found; of length 0 where no loss is lower.</summary>
    /// <param name="first">The first length, above 0.</param>
    public Point StrongWolfe(double first)
    {
        var start = new Point(0, _objective.Loss, _slope, _objective.Gradient);
        var (before, point) = (start, Try(first, start, start));
        Point low = start, high = point;
        var isDone = false;
        var tries = 1;
        for (; tries < Most; tries++)
        {
            (low, high) = (before, point);
            if (IsTooHigh(point) || (tries > 2 && IsNoLower(point, before))) break;
            if (isDone = IsFlat(point)) break;
            if (point.Slope >= 0) break;
            var next = Interpolated(before, point, point.Length + 0.01 * (point.Length - before.Length), point.Length * 10);
            (before, point) = (point, Try(next, point, start));
        }
        if (isDone) return Found(point);
        if (tries == Most) (low, high) = (start, point);
        if (high.Loss < low.Loss) (low, high) = (high, low);

        var isStuck = false;
        for (; tries < Most && Math.Abs(high.Length - low.Length) > _resolution; tries++)
        {
            var (left, right) = (Math.Min(low.Length, high.Length), Math.Max(low.Length, high.Length));
            var length = Interpolated(low, high, left, right);
            // Too near to an end of the bracket, twice in a row or beyond it: a tenth of it inwards.
            var margin = 0.1 * (right - left);
            if (Math.Min(right - length, length - left) < margin)
            {
                var isBeyond = length >= right || length <= left;
                if (isStuck || isBeyond) length = right - length < length - left ? right - margin : left + margin;
                isStuck = !isStuck && !isBeyond;
            }
            else
            {
                isStuck = false;
            }
            point = Try(length, low, high);
            if (IsTooHigh(point) || IsNoLower(point, low))
            {
                high = point;
                if (high.Loss < low.Loss) (low, high) = (high, low);
                continue;
            }
            if (IsFlat(point)) return Found(point);
            if (point.Slope * (high.Length - low.Length) >= 0) high = low;
            low = point;
        }
        return Found(low);
    }

    /// <summary>The first of the lengths first, first/2, first/4 … at which the loss is low enough; 0 where there is none.</summary>
    /// <param name="first">The first length, above 0.</param>
    /// <param name="curvature">The second derivative along the direction, where it is below 0 and part of the promise; else 0.</param>
    public Point Backwards(double first, double curvature = 0)
    {
        var start = new Point(0, _objective.Loss, _slope, _objective.Gradient);
        for (var (length, tries) = (first, 0); tries < Most && length > _resolution; length /= 2, tries++)
        {
            var point = Try(length, start, start);
            var promised = length * _slope + 0.5 * length * length * Math.Min(curvature, 0);
            if (point.Loss <= _objective.Loss + Decrease * promised || IsApproximately(point)) return Found(point);
        }
        return start;
    }

    /// <summary>Loss and slope there. The gradients of two points are kept.</summary>
    private Point Try(double length, Point kept, Point other)
    {
        var gradient = _objective.LendBut(kept.Gradient, other.Gradient);
        var loss = _objective.Evaluate(_objective.Direction, length, gradient);
        return new(length, loss, double.IsFinite(loss) ? Vectors.Dot(gradient, _objective.Direction) : double.NaN, gradient);
    }

    private Point Found(Point point) =>
        point.Loss < _objective.Loss || (point.Length > 0 && IsApproximately(point)) ? point : new(0, _objective.Loss, _slope, _objective.Gradient);

    private bool IsTooHigh(Point point) => !(point.Loss <= _objective.Loss + Decrease * point.Length * _slope) && !IsApproximately(point);

    private bool IsNoLower(Point point, Point than) => point.Loss >= than.Loss && !IsApproximately(point);

    private bool IsFlat(Point point) => Math.Abs(point.Slope) <= -_flatter * _slope;

    /// <summary>The loss is the same as far as single precision can tell: then slopes decide.</summary>
    private bool IsApproximately(Point point) =>
        Math.Abs(point.Loss - _objective.Loss) <= _objective.Noise && point.Slope <= (2 * Decrease - 1) * _slope;

    /// <summary>The minimum of the cubic through two points and their slopes, or of a parabola with these slopes, within bounds.</summary>
    private double Interpolated(Point a, Point b, double least, double most)
    {
        if (!double.IsFinite(a.Loss) || !double.IsFinite(b.Loss))
        {
            var (known, unknown) = double.IsFinite(a.Loss) ? (a, b) : (b, a);
            return Math.Clamp(known.Length + 0.1 * (unknown.Length - known.Length), least, most);
        }
        if (a.Length > b.Length) (a, b) = (b, a);
        var width = b.Length - a.Length;
        if (_bySlopes && b.Slope > a.Slope)
        {
            var lowest = b.Length - width * (b.Slope / (b.Slope - a.Slope));
            if (lowest >= least && lowest <= most) return lowest;
        }
        // Where the difference of losses is mostly rounding, slopes tell more: the cubic becomes the parabola.
        var rise = Math.Abs(b.Loss - a.Loss) <= 4 * _objective.Noise ? width * (a.Slope + b.Slope) / 2 : b.Loss - a.Loss;
        var d1 = a.Slope + b.Slope - 3 * rise / width;
        var square = d1 * d1 - a.Slope * b.Slope;
        if (!(square >= 0)) return (least + most) / 2;
        var root = Math.Sqrt(square);
        var length = b.Length - width * ((b.Slope + root - d1) / (b.Slope - a.Slope + 2 * root));
        return double.IsFinite(length) ? Math.Clamp(length, least, most) : (least + most) / 2;
    }
}
