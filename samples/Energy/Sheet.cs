using Kiln.Samples.Networks;
using Kiln.Seeing;

namespace Kiln.Samples.Energy;

/// <summary>Pictures of 28×28 in rows, two pixels apart, for a file of PNG.</summary>
/// <param name="columns">Pictures of a row.</param>
/// <param name="rows">Rows of pictures.</param>
internal sealed class Sheet(int columns, int rows)
{
    public const int Side = 28, Pixels = Side * Side;

    private const int Cell = Side + 2, White = 255;

    private readonly byte[] _planes = Enumerable.Repeat((byte)White, 3 * Cell * columns * Cell * rows).ToArray();

    private int _count;

    /// <summary>Adds pictures, 784 numbers each, at the next places: 0 is white, 1 is black.</summary>
    public Sheet Grey(ReadOnlySpan<float> values)
    {
        for (; values.Length > 0; values = values[Pixels..])
            Add(values[..Pixels], Shade);
        return this;

        static (byte, byte, byte) Shade(float value)
        {
            var grey = (byte)MathF.Round(White * (1 - Math.Clamp(value, 0, 1)));
            return (grey, grey, grey);
        }
    }

    /// <summary>Adds pictures whose numbers have a sign, each with colours up to its largest number.</summary>
    public Sheet Signed(ReadOnlySpan<float> values)
    {
        for (; values.Length > 0; values = values[Pixels..])
        {
            var limit = SignedColours.Limit(values[..Pixels]);
            Add(values[..Pixels], value => SignedColours.Of(value, limit));
        }
        return this;
    }

    public void Write(string path) => File.WriteAllBytes(path, Png.Encode(_planes, channels: 3, Cell * rows, Cell * columns));

    private void Add(ReadOnlySpan<float> picture, Func<float, (byte Red, byte Green, byte Blue)> colour)
    {
        var (top, left, plane) = (_count / columns * Cell + 1, _count % columns * Cell + 1, _planes.Length / 3);
        _count++;
        for (var i = 0; i < Pixels; i++)
        {
            var place = (top + i / Side) * Cell * columns + left + i % Side;
            (_planes[place], _planes[plane + place], _planes[2 * plane + place]) = colour(picture[i]);
        }
    }
}
