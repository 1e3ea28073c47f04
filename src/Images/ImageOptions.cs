namespace Kiln.Data;

/// <summary>How images of many sizes are made to one.</summary>
public enum ImageFit
{
    /// <summary>Scaled until it covers the size; what is too long is cut on both sides alike.</summary>
    Crop,

    /// <summary>Scaled until it fits into the size; the rest is black, on both sides alike.</summary>
    Pad,

    /// <summary>Scaled in each direction on its own.</summary>
    Stretch,

    /// <summary>Not scaled: an image of another size is an error.</summary>
    Exact,
}

/// <summary>What <see cref="ImageFolder"/> makes of the files.</summary>
public sealed record ImageOptions
{
    /// <summary>1 for grey images (brightness by ITU-R BT.709), 3 for images in colour: red, green, blue. Files of either kind become that.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another number.</exception>
    public int Channels
    {
        get;
        init => field = value is 1 or 3 ? value : throw new ArgumentOutOfRangeException(nameof(Channels), value, $"expected 1 channel (grey) or 3 (colour), but {value} came");
    } = 3;

    /// <summary>How an image is made to the size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the four.</exception>
    public ImageFit Fit
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Fit), value, "expected Crop, Pad, Stretch or Exact");
    }

    /// <summary>The most pixels of a file, height times width, at least 1: one that has more is an error before memory is taken for it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public long MaxPixels
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxPixels), value, "expected at least one pixel");
    } = 50_000_000;

    /// <summary>The classes in the order of their labels, as those of a training set for its test set; null for the folders that there are.</summary>
    public IReadOnlyList<string>? Classes { get; init; }
}
