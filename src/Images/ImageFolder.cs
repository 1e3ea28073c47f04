using SixLabors.ImageSharp;

namespace Kiln.Data;

/// <summary>Images of a folder with one folder of PNG and JPEG files for each class, made to one size.</summary>
public sealed class ImageFolder
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    private ImageFolder(ImageSet images, IReadOnlyList<string> classes, IReadOnlyList<string> files) => (Images, Classes, Files) = (images, classes, files);

    /// <summary>The images with their labels: a label is the place of its class in <see cref="Classes"/>.</summary>
    public ImageSet Images { get; }

    /// <summary>The names of the classes' folders, in ordinal order unless they were given.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The file of every image: class by class, in ordinal order within each.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>
    /// Loads all images. Files that are not called .png, .jpg or .jpeg are left out, and so is what lies deeper than the classes' folders.
    /// </summary>
    /// <param name="folder">The folder that has the classes' folders.</param>
    /// <param name="height">Rows of every image in the set, at least 1.</param>
    /// <param name="width">Pixels of a row of every image in the set, at least 1.</param>
    /// <param name="options">How images are made so; null for colour, and the middle of what is too long.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no classes, one has no images, a folder is none of the given classes, or a file cannot be used: it is no image, is truncated or damaged, has more pixels
    /// than allowed or more than 8 bits a channel. The message names it. Of several such files it is the first.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static ImageFolder Load(string folder, int height, int width, ImageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        options ??= new ImageOptions();
        var decoder = new ImageDecoder(height, width, options);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"there is no folder '{folder}'");

        var classes = ClassesOf(folder, options.Classes);
        var (files, labels) = (new List<string>(), new List<int>());
        for (var label = 0; label < classes.Count; label++)
        {
            var of = FilesOf(Path.Combine(folder, classes[label]));
            files.AddRange(of);
            labels.AddRange(Enumerable.Repeat(label, of.Count));
        }

        var length = (long)options.Channels * height * width;
        if (files.Count * length > Array.MaxLength)
            throw new InvalidDataException($"{folder}: {files.Count} images of {options.Channels}×{height}×{width} have more than the {Array.MaxLength} bytes that a set can have");
        var pixels = new byte[files.Count * length];
        var failures = new Exception?[files.Count];
        Parallel.For(0, files.Count, i =>
        {
            try
            {
                decoder.Decode(files[i], pixels.AsSpan((int)(i * length), (int)length));
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                failures[i] = error;
            }
        });
        if (failures.FirstOrDefault(failure => failure is not null) is { } first) throw first;
        return new(new ImageSet(pixels, labels.ToArray(), options.Channels, height, width, classes.Count), classes, files);
    }

    private static IReadOnlyList<string> ClassesOf(string folder, IReadOnlyList<string>? given)
    {
        string[] found = [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        if (given is null)
            return found.Length > 0 ? found : throw new InvalidDataException($"{folder}: expected a folder for each class, but there is none");
        if (given.Count == 0) throw new ArgumentException("expected at least one class", nameof(ImageOptions.Classes));
        if (found.Except(given).FirstOrDefault() is { } other)
            throw new InvalidDataException($"{Path.Combine(folder, other)}: expected folders of the classes {string.Join(", ", given)}, but this is none of them");
        if (given.Except(found).FirstOrDefault() is { } missing)
            throw new InvalidDataException($"{folder}: expected a folder for each class, but there is none for '{missing}'");
        return given;
    }

    private static List<string> FilesOf(string folder)
    {
        var files = Directory.EnumerateFiles(folder).Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new InvalidDataException($"{folder}: expected PNG or JPEG files, but there is none");
    }
}
