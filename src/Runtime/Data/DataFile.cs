using System.IO.Compression;

namespace Kiln.Data;

/// <summary>Files of data sets, compressed by gzip (they then start with 1f 8b) or not.</summary>
internal static class DataFile
{
    /// <summary>Deflate cannot make more than 1032 bytes of one, so a small gzip file that promises gigabytes is found out at once.</summary>
    private const long MostDeflateCanExpand = 1032;

    /// <summary>Reads what a stream holds that has at most so many bytes.</summary>
    /// <exception cref="FormatException">What is wrong with it, so that it is told apart from what the decompressor throws.</exception>
    public delegate T Reader<T>(Stream stream, long atMost);

    /// <summary>Reads a file.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads its content.</param>
    /// <exception cref="InvalidDataException">The reader's FormatException, or corrupt gzip data; the message begins with the file.</exception>
    public static T Read<T>(string path, Reader<T> read)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> start = stackalloc byte[2];
        var compressed = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start[0] == 0x1f && start[1] == 0x8b;
        file.Position = 0;
        try
        {
            if (!compressed)
                return read(file, file.Length);
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return read(unpacked, file.Length * MostDeflateCanExpand);
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}");
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: its gzip data is corrupt ({error.Message})");
        }
    }

    /// <summary>The first of the names, each as it is or with .gz, that is a file of the folder; null if none is.</summary>
    public static string? Find(string folder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var plain = Path.Combine(folder, name);
            if (File.Exists(plain))
                return plain;
            if (File.Exists(plain + ".gz"))
                return plain + ".gz";
        }
        return null;
    }
}
