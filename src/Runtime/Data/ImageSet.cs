namespace Kiln.Data;

/// <summary>Grey or colour images of one size, each with a label: MNIST, digits like it, CIFAR-10.</summary>
public sealed class ImageSet
{
    /// <summary>v / 255 for every byte v.</summary>
    private static readonly float[] Scaled = [.. Enumerable.Range(0, 256).Select(value => value / 255f)];

    private readonly byte[] _images;
    private readonly int[] _labels;

    /// <summary>A set of given grey images.</summary>
    /// <param name="images">Pixels, [count, height, width], 0 to 255; not copied.</param>
    /// <param name="labels">One label per image, in [0, classes).</param>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="classes">How many different labels there can be, at least 1.</param>
    /// <exception cref="ArgumentException">The number of pixels does not fit the number of labels and the size of an image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a label is not below <paramref name="classes"/>: the message names its index.</exception>
    public ImageSet(byte[] images, ReadOnlySpan<byte> labels, int height, int width, int classes)
        : this(images, Widen(labels), channels: 1, height, width, classes)
    {
    }

    /// <summary>A set of given images, grey or in colour.</summary>
    /// <param name="images">Pixels, [count, channels, height, width], 0 to 255; not copied. A colour image is its red plane, then the green, then the blue one.</param>
    /// <param name="labels">One label per image, in [0, classes).</param>
    /// <param name="channels">Planes of an image, at least 1: 1 for grey, 3 for colour.</param>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="classes">How many different labels there can be, at least 1.</param>
    /// <exception cref="ArgumentException">The number of pixels does not fit the number of labels and the size of an image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a label is not below <paramref name="classes"/>: the message names its index.</exception>
    public ImageSet(byte[] images, ReadOnlySpan<int> labels, int channels, int height, int width, int classes)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        (Channels, Height, Width, Classes) = (channels, height, width, classes);
        if ((Int128)channels * height * width > Array.MaxLength)
            throw new ArgumentException($"an image of {Size} pixels is too large", nameof(height));
        if (images.Length != (long)labels.Length * ImageLength)
            throw new ArgumentException($"expected {English.Count(labels.Length, "image")} of {Size} pixels, but {English.There(images.Length, "pixel")}", nameof(images));
        if (FirstOutside(labels, classes) is { } index)
            throw new ArgumentOutOfRangeException(nameof(labels), $"label {index} is {labels[index]}, but {English.There(classes, "class")}");
        _images = images;
        _labels = labels.ToArray();
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Planes of an image: 1 of a grey one, 3 (red, green, blue) of one in colour.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Values of an image: channels times height times width.</summary>
    public int ImageLength => Channels * Height * Width;

    /// <summary>How many different labels there can be.</summary>
    public int Classes { get; }

    /// <summary>All pixels, [count, channels, height, width], 0 to 255.</summary>
    public ReadOnlySpan<byte> Images => _images;

    /// <summary>All labels, each in [0, <see cref="Classes"/>).</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The pixels of one image, [channels, height, width].</summary>
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
    /// t10k-labels-idx1-ubyte; or with a point, train-images.idx3-ubyte and so on), each plain or compressed by gzip (.gz), from a folder.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <returns>The training set and the test set, ten classes each.</returns>
    /// <exception cref="FileNotFoundException">A file is missing: the message lists all that are.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says, or a label is above 9.</exception>
    public static (ImageSet Train, ImageSet Test) LoadMnist(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
        var paths = Array.ConvertAll(names, name => DataFile.Find(folder, name, name.Replace("-idx", ".idx")));
        var missing = names.Where((_, i) => paths[i] is null).ToArray();
        if (missing.Length > 0)
            throw new FileNotFoundException($"{folder}: MNIST is not complete; missing (as it is or with .gz, with -idx or .idx): {string.Join(", ", missing)}");
        return (Load(paths[0]!, paths[1]!, classes: 10), Load(paths[2]!, paths[3]!, classes: 10));
    }

    /// <summary>
    /// Loads CIFAR-10 in its binary version from a folder: data_batch_1.bin and those that follow it, test_batch.bin, each plain or
    /// compressed by gzip (.gz). A part of the set, with fewer batches or fewer images, will do.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <returns>The training set and the test set: colour images of 32×32, ten classes.</returns>
    /// <exception cref="FileNotFoundException">A file is missing, or one between two batches: the message lists all that are.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or no such file, or a label is above 9: the message names the file and the image.</exception>
    public static (ImageSet Train, ImageSet Test) LoadCifar10(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] names = ["test_batch.bin", .. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];
        var paths = Array.ConvertAll(names, name => DataFile.Find(folder, name));
        var last = Math.Max(1, Array.FindLastIndex(paths, path => path is not null));
        var missing = names[..(last + 1)].Where((_, i) => paths[i] is null).ToArray();
        if (missing.Length > 0)
            throw new FileNotFoundException($"{folder}: CIFAR-10 is not complete; missing (as it is or with .gz): {string.Join(", ", missing)}");
        return (CifarFile.Read(paths[1..(last + 1)]!), CifarFile.Read(paths[..1]!));
    }

    /// <summary>Loads files in CIFAR-10's binary version as one set.</summary>
    /// <param name="files">The files, plain or compressed by gzip, at least one.</param>
    /// <returns>Colour images of 32×32 in the order of the files; ten classes.</returns>
    /// <exception cref="ArgumentException">There is no file.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or no such file, or a label is above 9: the message names the file and the image.</exception>
    public static ImageSet LoadCifar10Files(params ReadOnlySpan<string> files)
    {
        if (files.IsEmpty)
            throw new ArgumentException("expected at least one file of CIFAR-10", nameof(files));
        return CifarFile.Read(files);
    }

    /// <summary>Loads images and labels in IDX format.</summary>
    /// <param name="images">File of the images, [count, height, width] or [count, channels, height, width].</param>
    /// <param name="labels">File of the labels, [count].</param>
    /// <param name="classes">How many different labels there can be, at least 1.</param>
    /// <exception cref="InvalidDataException">A file is corrupt or of another rank, the numbers of images and labels differ, or a
    /// label is not below <paramref name="classes"/>: the message names the file and the label's index.</exception>
    public static ImageSet Load(string images, string labels, int classes)
    {
        ArgumentException.ThrowIfNullOrEmpty(images);
        ArgumentException.ThrowIfNullOrEmpty(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        var pixels = ReadRank(images, [3, 4], "images [count, height, width] or [count, channels, height, width]");
        var classOf = ReadRank(labels, [1], "labels [count]");
        var (count, channels) = (pixels.Shape[0], pixels.Shape.Length == 4 ? pixels.Shape[1] : 1);
        var (height, width) = (pixels.Shape[^2], pixels.Shape[^1]);
        if (channels == 0 || height == 0 || width == 0)
            throw new InvalidDataException($"{images}: its images have no pixels ({string.Join("×", pixels.Shape[1..].ToArray())})");
        if (count != classOf.Shape[0])
            throw new InvalidDataException($"{labels}: expected {English.Count(count, "label")}, one for every image of {images}, but it has {classOf.Shape[0]}");
        var classesOf = Widen(classOf.Values);
        if (FirstOutside(classesOf, classes) is { } index)
            throw new InvalidDataException($"{labels}: label {index} is {classesOf[index]}, but {English.There(classes, "class")}");
        return new ImageSet(pixels.Values, classesOf, channels, height, width, classes);
    }

    /// <summary>Writes the set as two IDX files that <see cref="Load"/> reads.</summary>
    /// <param name="images">File for the images; replaced if it exists.</param>
    /// <param name="labels">File for the labels; replaced if it exists.</param>
    /// <exception cref="InvalidOperationException">A label is above 255, the most that such a file holds.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It is a folder, or not allowed to be written.</exception>
    public void Save(string images, string labels)
    {
        if (FirstOutside(_labels, 256) is { } index)
            throw new InvalidOperationException($"expected labels up to 255, but label {index} is {_labels[index]}");
        new IdxFile(_images, Channels == 1 ? [Count, Height, Width] : [Count, Channels, Height, Width]).Write(images);
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
            Scale(pixels, images.Slice(i * ImageLength, ImageLength));
            labels[i] = _labels[rows[i]];
        }
    }

    /// <summary>Bytes as floats from 0 to 1.</summary>
    internal static void Scale(ReadOnlySpan<byte> bytes, Span<float> target)
    {
        for (var i = 0; i < bytes.Length; i++)
            target[i] = Scaled[bytes[i]];
    }

    /// <summary>The labels of a batch, after a check of the room that there is for its images.</summary>
    internal void GatherLabels(ReadOnlySpan<int> rows, int pixels, Span<int> labels)
    {
        CheckLengths(rows.Length, pixels, labels.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            CheckRow(rows[i]);
            labels[i] = _labels[rows[i]];
        }
    }

    private static IdxFile ReadRank(string path, ReadOnlySpan<int> ranks, string what)
    {
        var file = IdxFile.Read(path);
        return ranks.Contains(file.Shape.Length) ? file : throw new InvalidDataException($"{path}: expected {what}, but its array has {English.Count(file.Shape.Length, "axis")}");
    }

    private static int[] Widen(ReadOnlySpan<byte> labels)
    {
        var widened = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            widened[i] = labels[i];
        return widened;
    }

    private static int? FirstOutside(ReadOnlySpan<int> labels, int classes)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                return i;
        }
        return null;
    }

    /// <summary>The size of an image in words: 28×28, 3×32×32.</summary>
    internal string Size => Channels == 1 ? $"{Height}×{Width}" : $"{Channels}×{Height}×{Width}";

    private void CheckRow(int row)
    {
        if ((uint)row >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the set has {English.Count(Count, "image")}");
    }

    private void CheckLengths(int rows, int pixels, int labels)
    {
        if (pixels != (long)rows * ImageLength)
            throw new ArgumentException($"expected room for {English.Count(rows, "image")} of {ImageLength} pixels, but the span has {pixels}", nameof(pixels));
        if (labels != rows)
            throw new ArgumentException($"expected room for {English.Count(rows, "label")}, but the span has {labels}", nameof(labels));
    }
}
