namespace Kiln.Data;

/// <summary>Grey images of one size, each with a label: MNIST, or digits like it.</summary>
public sealed class ImageSet
{
    /// <summary>v / 255 for every byte v.</summary>
    private static readonly float[] Scaled = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly byte[] _images;
    private readonly int[] _labels;

    /// <summary>A set of given images.</summary>
    /// <param name="images">Pixels, [count, height, width], 0 to 255; not copied.</param>
    /// <param name="labels">One label per image, in [0, classes).</param>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="classes">How many different labels there can be, at least 1.</param>
    /// <exception cref="ArgumentException">The number of pixels does not fit the number of labels and the size of an image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a label is not below <paramref name="classes"/>: the message names its index.</exception>
    public ImageSet(byte[] images, ReadOnlySpan<byte> labels, int height, int width, int classes)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (images.Length != (Int128)labels.Length * height * width)
            throw new ArgumentException($"expected {labels.Length} images of {height}×{width} pixels, but there are {images.Length} pixels", nameof(images));
        if (FirstOutside(labels, classes) is { } index)
            throw new ArgumentOutOfRangeException(nameof(labels), $"label {index} is {labels[index]}, but there are {classes} classes");
        _images = images;
        _labels = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            _labels[i] = labels[i];
        (Height, Width, Classes) = (height, width, classes);
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Pixels of an image: height times width.</summary>
    public int ImageLength => Height * Width;

    /// <summary>How many different labels there can be.</summary>
    public int Classes { get; }

    /// <summary>All pixels, [count, height, width], 0 to 255.</summary>
    public ReadOnlySpan<byte> Images => _images;

    /// <summary>All labels, each in [0, <see cref="Classes"/>).</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The pixels of one image, [height, width].</summary>
    /// <param name="index">The image, in [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            CheckRow(index);
            return _images.AsSpan(index * ImageLength, ImageLength);
        }
    }

    /// <summary>
    /// Loads the four files of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte,
    /// t10k-labels-idx1-ubyte), each plain or compressed by gzip (.gz), from a folder.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <returns>The training set and the test set, ten classes each.</returns>
    /// <exception cref="FileNotFoundException">A file is missing: the message lists all that are.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says, or a label is above 9.</exception>
    public static (ImageSet Train, ImageSet Test) LoadMnist(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
        var paths = Array.ConvertAll(names, name => Find(folder, name));
        var missing = names.Where((_, i) => paths[i] is null).ToArray();
        if (missing.Length > 0)
            throw new FileNotFoundException($"{folder}: MNIST is not complete; missing (as it is or with .gz): {string.Join(", ", missing)}");
        return (Load(paths[0]!, paths[1]!, classes: 10), Load(paths[2]!, paths[3]!, classes: 10));
    }

    /// <summary>Loads images and labels in IDX format.</summary>
    /// <param name="images">File of the images, rank 3.</param>
    /// <param name="labels">File of the labels, rank 1.</param>
    /// <param name="classes">How many different labels there can be, at least 1.</param>
    /// <exception cref="InvalidDataException">A file is corrupt or of another rank, the numbers of images and labels differ, or a
    /// label is not below <paramref name="classes"/>: the message names the file and the label's index.</exception>
    public static ImageSet Load(string images, string labels, int classes)
    {
        ArgumentException.ThrowIfNullOrEmpty(images);
        ArgumentException.ThrowIfNullOrEmpty(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        var pixels = ReadRank(images, 3, "images [count, height, width]");
        var classOf = ReadRank(labels, 1, "labels [count]");
        var (count, height, width) = (pixels.Shape[0], pixels.Shape[1], pixels.Shape[2]);
        if (height == 0 || width == 0)
            throw new InvalidDataException($"{images}: its images have no pixels ({height}×{width})");
        if (count != classOf.Shape[0])
            throw new InvalidDataException($"{labels}: expected {count} labels, one for every image of {images}, but it has {classOf.Shape[0]}");
        if (FirstOutside(classOf.Values, classes) is { } index)
            throw new InvalidDataException($"{labels}: label {index} is {classOf.Values[index]}, but there are {classes} classes");
        return new ImageSet(pixels.Values, classOf.Values, height, width, classes);
    }

    /// <summary>Writes the set as two IDX files that <see cref="Load"/> reads.</summary>
    /// <param name="images">File for the images; replaced if it exists.</param>
    /// <param name="labels">File for the labels; replaced if it exists.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be written.</exception>
    public void Save(string images, string labels)
    {
        new IdxFile(_images, Count, Height, Width).Write(images);
        new IdxFile(Array.ConvertAll(_labels, label => (byte)label), Count).Write(labels);
    }

    /// <summary>Copies images and labels of a batch side by side, as bytes. Nothing is allocated.</summary>
    /// <param name="rows">Which images, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="images">Receives rows × <see cref="ImageLength"/> pixels, 0 to 255.</param>
    /// <param name="labels">Receives one label per row.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<byte> images, Span<int> labels)
    {
        CheckLengths(rows.Length, images.Length, labels.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            this[rows[i]].CopyTo(images[(i * ImageLength)..]);
            labels[i] = _labels[rows[i]];
        }
    }

    /// <summary>Copies images and labels of a batch side by side, pixels scaled to [0, 1]. Nothing is allocated.</summary>
    /// <param name="rows">Which images, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="images">Receives rows × <see cref="ImageLength"/> pixels, 0 to 1.</param>
    /// <param name="labels">Receives one label per row.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<float> images, Span<int> labels)
    {
        CheckLengths(rows.Length, images.Length, labels.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var pixels = this[rows[i]];
            var target = images.Slice(i * ImageLength, ImageLength);
            for (var p = 0; p < pixels.Length; p++)
                target[p] = Scaled[pixels[p]];
            labels[i] = _labels[rows[i]];
        }
    }

    private static string? Find(string folder, string name)
    {
        var plain = Path.Combine(folder, name);
        return File.Exists(plain) ? plain : File.Exists(plain + ".gz") ? plain + ".gz" : null;
    }

    private static IdxFile ReadRank(string path, int rank, string what)
    {
        var file = IdxFile.Read(path);
        return file.Shape.Length == rank ? file : throw new InvalidDataException($"{path}: expected {what}, but its array has {file.Shape.Length} axes");
    }

    private static int? FirstOutside(ReadOnlySpan<byte> labels, int classes)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= classes)
                return i;
        }
        return null;
    }

    private void CheckRow(int row)
    {
        if ((uint)row >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the set has {Count} images");
    }

    private void CheckLengths(int rows, int pixels, int labels)
    {
        if (pixels != (long)rows * ImageLength)
            throw new ArgumentException($"expected room for {rows} images of {ImageLength} pixels, but the span has {pixels}", nameof(pixels));
        if (labels != rows)
            throw new ArgumentException($"expected room for {rows} labels, but the span has {labels}", nameof(labels));
    }
}
