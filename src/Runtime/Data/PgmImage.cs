using System.Text;

namespace Kiln.Data;

/// <summary>A grey image in the portable graymap format (Netpbm's PGM), which nearly every image viewer opens.</summary>
public sealed class PgmImage
{
    /// <summary>An image of given pixels.</summary>
    /// <param name="pixels">Pixels row by row, 0 black to 255 white; not copied.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The number of pixels is not width times height.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public PgmImage(byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != (long)width * height)
            throw new ArgumentException($"expected {width}×{height} pixels, but {English.There(pixels.Length)}", nameof(pixels));
        (Pixels, Width, Height) = (pixels, width, height);
    }

    /// <summary>Pixels row by row, 0 black to 255 white.</summary>
    public byte[] Pixels { get; }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Reads a binary (P5) or plain (P2) graymap of up to 8 bits; brightness is scaled to 0…255.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no such image or is truncated: the message names the file, what was expected and what was found.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be read.</exception>
    public static PgmImage Read(string path) => new Reader(path, File.ReadAllBytes(path)).Read();

    /// <summary>Writes a binary graymap (P5, 8 bits); an existing file is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be written.</exception>
    public void Write(string path)
    {
        using var file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"P5\n{Width} {Height}\n255\n")));
        file.Write(Pixels);
    }

    private ref struct Reader(string path, ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _at = 2;

        public PgmImage Read()
        {
            var plain = _bytes.StartsWith("P2"u8);
            if (!plain && !_bytes.StartsWith("P5"u8))
                throw Invalid($"expected a graymap that starts with P5 or P2, but found {Encoding.ASCII.GetString(_bytes[..Math.Min(2, _bytes.Length)])}");
            var width = Number("the width", 1, int.MaxValue);
            var height = Number("the height", 1, int.MaxValue);
            var white = Number("the brightest value (images of more than 8 bits are not read)", 1, 255);
            if (!plain && (_at >= _bytes.Length || !IsSpace(_bytes[_at++])))
                throw Invalid("expected one space between the header and the pixels");

            // A plain pixel takes two characters, but the last may end the file.
            var count = (long)width * height;
            var room = plain ? (_bytes.Length - _at + 1L) / 2 : _bytes.Length - _at;
            if (count > room)
                throw Invalid($"expected {width}×{height} pixels, but the file has room for {room}: it is truncated");

            var pixels = new byte[count];
            for (var i = 0; i < pixels.Length; i++)
            {
                var value = plain ? Number($"pixel {i}", 0, white) : _bytes[_at++];
                if (value > white)
                    throw Invalid($"pixel {i} is {value}, brighter than the brightest value {white}");
                pixels[i] = (byte)((value * 255 + white / 2) / white);
            }
            return new PgmImage(pixels, width, height);
        }

        private int Number(string what, int least, int most)
        {
            SkipSpaceAndComments();
            var start = _at;
            var value = 0L;
            while (_at < _bytes.Length && _bytes[_at] is >= (byte)'0' and <= (byte)'9' && value <= int.MaxValue)
                value = value * 10 + _bytes[_at++] - '0';
            if (_at == start)
                throw Invalid($"expected {what}, a number, at byte {start}");
            return value >= least && value <= most ? (int)value : throw Invalid($"expected {what} from {least} to {most}, but found {value}");
        }

        private void SkipSpaceAndComments()
        {
            while (_at < _bytes.Length && (IsSpace(_bytes[_at]) || _bytes[_at] == '#'))
            {
                if (_bytes[_at++] != '#')
                    continue;
                while (_at < _bytes.Length && _bytes[_at] != '\n')
                    _at++;
            }
        }

        private static bool IsSpace(byte character) => character is (byte)' ' or (>= 9 and <= 13);

        private readonly InvalidDataException Invalid(string what) => new($"{path}: {what}");
    }
}
