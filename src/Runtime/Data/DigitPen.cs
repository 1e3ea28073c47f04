namespace Kiln.Data;

/// <summary>Draws one digit after another into its own canvas; one pen per thread.</summary>
internal sealed class DigitPen(int side)
{
    private const int PiecesOfCurve = 6;

    /// <summary>Ink of every pixel, 0 to 1.</summary>
    private readonly float[] _ink = new float[side * side];

    /// <summary>Points of the stroke at hand, after wobble, in pixels.</summary>
    private readonly (float X, float Y)[] _points = new (float, float)[32];

    private float _radius, _softness, _pressureStart, _pressureMiddle, _pressureEnd;

    /// <summary>Draws a digit, with all that is random about it.</summary>
    public void Draw(int digit, CounterRandom random, Span<byte> image)
    {
        Array.Clear(_ink);
        var ways = DigitSkeletons.Strokes[digit];
        var strokes = ways[random.Below(ways.Length)];
        var hand = new Hand(ref random, side);
        _radius = random.Uniform(0.65f, 1.8f);
        _softness = random.Uniform(0.6f, 1.2f);

        foreach (var stroke in strokes)
        {
            _pressureStart = random.Uniform(0.65f, 1.2f);
            _pressureMiddle = random.Uniform(0.8f, 1.2f);
            _pressureEnd = random.Uniform(0.6f, 1.2f);
            for (var i = 0; i < stroke.Length; i++)
                _points[i] = i > 0 && stroke[i] == stroke[i - 1] ? _points[i - 1] : hand.Place(stroke[i], ref random);
            DrawStroke(stroke.Length);
        }
        Expose(ref random, image);
    }

    /// <summary>A smooth curve through every run of points between corners.</summary>
    private void DrawStroke(int length)
    {
        for (var start = 0; start < length - 1;)
        {
            var end = start + 1;
            while (end < length - 1 && _points[end] != _points[end + 1])
                end++;
            for (var i = start; i < end; i++)
                DrawCurve(_points[Math.Max(start, i - 1)], _points[i], _points[i + 1], _points[Math.Min(end, i + 2)], i / (length - 1f), (i + 1) / (length - 1f));
            start = end + 1;
        }
    }

    /// <summary>The cubic Bézier curve from b to c whose tangents follow the neighbours a and d (Catmull and Rom's), as short lines.</summary>
    private void DrawCurve((float X, float Y) a, (float X, float Y) b, (float X, float Y) c, (float X, float Y) d, float from, float to)
    {
        var (x1, y1) = (b.X + (c.X - a.X) / 6, b.Y + (c.Y - a.Y) / 6);
        var (x2, y2) = (c.X - (d.X - b.X) / 6, c.Y - (d.Y - b.Y) / 6);
        var last = b;
        for (var piece = 1; piece <= PiecesOfCurve; piece++)
        {
            var t = piece / (float)PiecesOfCurve;
            var s = 1 - t;
            var next = (s * s * s * b.X + 3 * s * s * t * x1 + 3 * s * t * t * x2 + t * t * t * c.X,
                        s * s * s * b.Y + 3 * s * s * t * y1 + 3 * s * t * t * y2 + t * t * t * c.Y);
            DrawLine(last, next, _radius * Pressure(from + (to - from) * t));
            last = next;
        }
    }

    /// <summary>Pressure along a stroke: from start through middle to end, t in [0, 1].</summary>
    private float Pressure(float t) => t < 0.5f
        ? _pressureStart + (_pressureMiddle - _pressureStart) * 2 * t
        : _pressureMiddle + (_pressureEnd - _pressureMiddle) * (2 * t - 1);

    /// <summary>Inks the pixels near a line: fully within the radius, less over the softness of its edge.</summary>
    private void DrawLine((float X, float Y) from, (float X, float Y) to, float radius)
    {
        var reach = radius + _softness;
        var (left, right) = (Pixel(Math.Min(from.X, to.X) - reach), Pixel(Math.Max(from.X, to.X) + reach + 1));
        var (top, bottom) = (Pixel(Math.Min(from.Y, to.Y) - reach), Pixel(Math.Max(from.Y, to.Y) + reach + 1));
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squaredLength = dx * dx + dy * dy;
        var scale = squaredLength > 1e-12f ? 1 / squaredLength : 0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var (px, py) = (x + 0.5f - from.X, y + 0.5f - from.Y);
                var along = Math.Clamp((px * dx + py * dy) * scale, 0, 1);
                var (ex, ey) = (px - along * dx, py - along * dy);
                var squaredDistance = ex * ex + ey * ey;
                if (squaredDistance >= reach * reach)
                    continue;
                var ink = Math.Min(1, (reach - MathF.Sqrt(squaredDistance)) / (2 * _softness));
                ref var pixel = ref _ink[y * side + x];
                pixel = Math.Max(pixel, ink);
            }
        }
    }

    private int Pixel(float coordinate) => Math.Clamp((int)coordinate, 0, side);

    /// <summary>Ink to bytes: grain in the ink, and a little dust beside it.</summary>
    private void Expose(ref CounterRandom random, Span<byte> image)
    {
        var brightness = random.Uniform(200, 255);
        var grain = random.Uniform(0, 0.25f);
        var dust = random.Uniform(0, 20);
        for (var i = 0; i < image.Length; i++)
        {
            var bits = random.Next();
            var rough = (bits & 0xFFFF) * (1f / 0x10000);
            var ink = _ink[i];
            var value = brightness * ink * (1 - grain * rough);
            if ((bits >> 16 & 7) == 0)
                value += dust * rough;
            image[i] = (byte)Math.Min(255, value);
        }
    }

    /// <summary>How one digit is placed on the paper: everything between the ideal skeleton and the pixels.</summary>
    private readonly struct Hand
    {
        private readonly float _xx, _xy, _yx, _yy, _bendX, _bendY, _wobble, _centreX, _centreY;

        public Hand(ref CounterRandom random, int side)
        {
            var height = random.Uniform(15.5f, 21);
            var width = height * random.Uniform(0.65f, 1.05f);
            var slant = 0.12f + 0.2f * random.Bell();

            // cos and sin of the rotation by the tangent of half its angle: no library function, so no differing bits.
            var tangent = 0.05f * random.Bell();
            var cosine = (1 - tangent * tangent) / (1 + tangent * tangent);
            var sine = 2 * tangent / (1 + tangent * tangent);
            _xx = width * cosine;
            _xy = -height * (slant * cosine + sine);
            _yx = width * sine;
            _yy = height * (cosine - slant * sine);
            _bendX = 0.14f * random.Bell();
            _bendY = 0.14f * random.Bell();
            _wobble = random.Uniform(0.01f, 0.045f);
            _centreX = side / 2f + 1f * random.Bell();
            _centreY = side / 2f + 1f * random.Bell();
        }

        public (float X, float Y) Place((float X, float Y) point, ref CounterRandom random)
        {
            var x = point.X - 0.5f + _wobble * random.Bell();
            var y = point.Y - 0.5f + _wobble * random.Bell();
            (x, y) = (x + _bendX * (y * y - 0.1f), y + _bendY * (x * x - 0.1f));
            return (_centreX + _xx * x + _xy * y, _centreY + _yx * x + _yy * y);
        }
    }
}
