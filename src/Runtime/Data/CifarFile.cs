namespace Kiln.Data;

/// <summary>
/// The binary version of CIFAR-10 (A. Krizhevsky 2009): records of one label byte and 3,072 bytes of an image, 32×32, its red plane before the
/// green and the blue one, each row by row. There is no header: a file is as many records as it is long.
/// </summary>
internal static class CifarFile
{
    public const int Channels = 3, Side = 32, Classes = 10;

    private const int Pixels = Channels * Side * Side, Record = 1 + Pixels;

    /// <summary>The images of several files in order.</summary>
    public static ImageSet Read(ReadOnlySpan<string> files)
    {
        var (images, labels) = (new byte[64 * Pixels], new int[64]);
        var count = 0;
        foreach (var file in files)
            count = DataFile.Read(file, (stream, _) => ReadRecords(stream, ref images, ref labels, count));
        Array.Resize(ref images, count * Pixels);
        return new ImageSet(images, labels.AsSpan(0, count), Channels, Side, Side, Classes);
    }

    private static int ReadRecords(Stream stream, ref byte[] images, ref int[] labels, int count)
    {
        var most = Array.MaxLength / Pixels;
        Span<byte> label = stackalloc byte[1];
        for (var first = count; ; count++)
        {
            if (stream.ReadAtLeast(label, 1, throwOnEndOfStream: false) == 0)
                return count > first ? count : throw new FormatException($"expected records of {Record} bytes, but the file is empty");
            if (label[0] >= Classes)
                throw new FormatException($"the label of image {count - first} is {label[0]}, but there are {Classes} classes");
            if (count == most)
                throw new FormatException($"there are more than the {English.Count(most, "image")} that can be read");
            if (count == labels.Length)
            {
                var room = Math.Min(2L * count, most);
                Array.Resize(ref labels, (int)room);
                Array.Resize(ref images, (int)room * Pixels);
            }
            labels[count] = label[0];
            var found = stream.ReadAtLeast(images.AsSpan(count * Pixels, Pixels), Pixels, throwOnEndOfStream: false);
            if (found < Pixels)
                throw new FormatException($"expected records of {Record} bytes (a label and {Channels}×{Side}×{Side} pixels), but image {count - first} has {found} of its {Pixels}: it is truncated, or no file of CIFAR-10");
        }
    }
}
