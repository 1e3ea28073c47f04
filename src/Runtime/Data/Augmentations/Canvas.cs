using System.Numerics;
using System.Runtime.InteropServices;

namespace Kiln.Data.Augmentations;

/// <summary>Memory in which one image at a time is changed.</summary>
internal sealed class Canvas(int channels, int height, int width, int scratch)
{
    // Whole vectors of any width.
    private const int Align = 16;

    private readonly float[] _rows = new float[(height * width + Align - 1) / Align * Align];
    private readonly float[] _columns = new float[(height * width + Align - 1) / Align * Align];
    private readonly float[] _scratch = new float[scratch];
    private float[] _pixels = new float[channels * height * width];
    private float[] _other = new float[channels * height * width];

    public int Height => height;

    public int Width => width;

    /// <summary>The image, [channels, height, width], 0 to 1.</summary>
    public Span<float> Pixels => _pixels;

    /// <summary>As much memory as the image has, for the step under way.</summary>
    public Span<float> Spare => _other;

    /// <summary>As much memory as the step under way asked for.</summary>
    public Span<float> Scratch => _scratch;

    /// <summary>The rows that the pixels of the result are taken from.</summary>
    public Span<float> Rows => _rows.AsSpan(0, height * width);

    /// <summary>The columns that the pixels of the result are taken from.</summary>
    public Span<float> Columns => _columns.AsSpan(0, height * width);

    public void TakeEveryPixelFromItsPlace()
    {
        for (int row = 0, i = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++, i++)
                (_rows[i], _columns[i]) = (row, column);
        }
    }

    /// <summary>
    /// Moves all places about the image's centre: a distance of (down, right) from it becomes
    /// (downDown · down + downRight · right + down0, rightDown · down + rightRight · right + right0).
    /// </summary>
    public void Transform(float downDown, float downRight, float down0, float rightDown, float rightRight, float right0)
    {
        var (centreRow, centreColumn) = (new Vector<float>(0.5f * (height - 1)), new Vector<float>(0.5f * (width - 1)));
        var rows = MemoryMarshal.Cast<float, Vector<float>>(_rows.AsSpan());
        var columns = MemoryMarshal.Cast<float, Vector<float>>(_columns.AsSpan());
        for (var i = 0; i < rows.Length; i++)
        {
            var (down, right) = (rows[i] - centreRow, columns[i] - centreColumn);
            rows[i] = down * downDown + right * downRight + new Vector<float>(down0) + centreRow;
            columns[i] = down * rightDown + right * rightRight + new Vector<float>(right0) + centreColumn;
        }
    }

    /// <summary>Takes every pixel from its place, between pixels bilinearly; beyond the edge is background.</summary>
    public unsafe void Sample(float background)
    {
        var size = height * width;
        fixed (float* pixels = _pixels, target = _other, rows = _rows, columns = _columns)
        {
            for (var i = 0; i < size; i++)
            {
                // Two pixels beyond the edge all is background.
                var (row, column) = (Math.Clamp(rows[i], -2, height + 1), Math.Clamp(columns[i], -2, width + 1));
                var (top, left) = ((int)MathF.Floor(row), (int)MathF.Floor(column));
                var (down, right) = (row - top, column - left);
                var inside = (uint)top < (uint)(height - 1) && (uint)left < (uint)(width - 1);
                for (var plane = 0; plane < _pixels.Length; plane += size)
                {
                    var at = pixels + plane + top * width + left;
                    var (a, b, c, d) = inside
                        ? (at[0], at[1], at[width], at[width + 1])
                        : (Pixel(pixels + plane, top, left), Pixel(pixels + plane, top, left + 1), Pixel(pixels + plane, top + 1, left), Pixel(pixels + plane, top + 1, left + 1));
                    target[plane + i] = (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d);
                }
            }
        }
        (_pixels, _other) = (_other, _pixels);

        float Pixel(float* plane, int row, int column) => (uint)row < (uint)height && (uint)column < (uint)width ? plane[row * width + column] : background;
    }

    /// <summary>The pixels, cut to [0, 1].</summary>
    public void WriteTo(Span<float> target)
    {
        for (var i = 0; i < target.Length; i++) target[i] = Math.Clamp(_pixels[i], 0, 1);
    }

    /// <summary>The pixels in 255ths, rounded.</summary>
    public void WriteTo(Span<byte> target)
    {
        for (var i = 0; i < target.Length; i++) target[i] = (byte)(Math.Clamp(_pixels[i], 0, 1) * 255 + 0.5f);
    }
}
