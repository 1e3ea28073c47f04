using System.Runtime.CompilerServices;
using Kiln.Data.Augmentations;
using Kiln.Kernels;

namespace Kiln.Data;

/// <summary>
/// Changes to images that leave their class as it is, drawn anew for every image and epoch:
/// <c>new Augmentation().Crop(4).FlipHorizontally()</c>. Steps act in the order they are written. An augmentation never changes; each method
/// returns one with a step more.
/// </summary>
/// <remarks>
/// Pixels are from 0 to 1 while steps work on them; what leaves that range in the end is cut to it. Steps that move pixels and follow one another
/// are one move, so that the image is interpolated (bilinearly) once. What is drawn is a function of (seed, epoch, image, step)
/// alone (Philox), so that threads and the other images of the batch have no part in it.
/// </remarks>
public sealed class Augmentation
{
    private readonly AugmentationStep[] _steps;
    private readonly uint[] _streams;
    private readonly float _background;

    /// <summary>No change at all, to begin with.</summary>
    /// <param name="background">What is seen beyond the edge of an image that was moved, from 0 (black) to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation(double background = 0)
        : this([], InRange(background, 0, 1))
    {
    }

    private Augmentation(AugmentationStep[] steps, float background)
    {
        _steps = steps;
        _background = background;
        _streams = [.. Enumerable.Range(0, steps.Length).Select(i => Philox.StreamOf($"augmentation.{i}"))];
    }

    /// <summary>Moves the image up or down and left or right, each by any distance up to the greatest, parts of pixels included.</summary>
    /// <param name="pixels">The greatest distance, from 0 to 65536.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation Shift(double pixels) => With(new Shift(InRange(pixels, 0, 65536), Whole: false));

    /// <summary>Pads the image with background on every side and cuts a piece of the image's size out, at any place: a shift by whole pixels.</summary>
    /// <param name="padding">Pixels on every side, from 0 to 65536.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation Crop(int padding) => With(new Shift(InRange(padding, 0, 65536), Whole: true));

    /// <summary>Moves every image the same way.</summary>
    /// <param name="down">Pixels downwards, upwards if negative; up to 65536 either way.</param>
    /// <param name="right">Pixels to the right, to the left if negative; up to 65536 either way.</param>
    /// <exception cref="ArgumentOutOfRangeException">A distance is not in that range.</exception>
    public Augmentation Move(double down, double right) => With(new Displacement(InRange(down, -65536, 65536), InRange(right, -65536, 65536)));

    /// <summary>Exchanges left and right in some images.</summary>
    /// <param name="probability">The share of images, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation FlipHorizontally(double probability = 0.5) => With(new Flip(InRange(probability, 0, 1), Rows: false));

    /// <summary>Exchanges top and bottom in some images.</summary>
    /// <param name="probability">The share of images, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation FlipVertically(double probability = 0.5) => With(new Flip(InRange(probability, 0, 1), Rows: true));

    /// <summary>Turns the image about its centre, either way.</summary>
    /// <param name="degrees">The greatest angle, from 0 to 360.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation Rotate(double degrees)
    {
        var most = InRange(degrees, 0, 360);
        return With(new Rotation(-most, most));
    }

    /// <summary>Turns the image about its centre, counterclockwise, by an angle between two.</summary>
    /// <param name="from">The least angle in degrees, from −360 to 360.</param>
    /// <param name="to">The greatest angle, not less than <paramref name="from"/>, to 360.</param>
    /// <exception cref="ArgumentOutOfRangeException">An angle is not in that range.</exception>
    public Augmentation Rotate(double from, double to) => With(new Rotation(InRange(from, -360, 360), InRange(to, from, 360)));

    /// <summary>Makes the image larger or smaller about its centre, by a factor between two.</summary>
    /// <param name="from">The least factor, from 0.01 to 100.</param>
    /// <param name="to">The greatest factor, not less than <paramref name="from"/>, to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not in that range.</exception>
    public Augmentation Scale(double from, double to) => With(new Scaling(InRange(from, 0.01, 100), InRange(to, from, 100)));

    /// <summary>
    /// Deforms the image like a rubber sheet: every pixel is displaced by noise, uniform in [−1, 1) for each pixel and direction, smoothed by a Gaussian
    /// and multiplied. P. Y. Simard, D. Steinkraus, J. C. Platt 2003, who take strength 34 and smoothness 4 for digits of 29×29 pixels.
    /// </summary>
    /// <param name="strength">What the smoothed noise is multiplied by (their α), in pixels, from 0 to 65536.</param>
    /// <param name="smoothness">Standard deviation of the Gaussian (their σ), in pixels, from 0.1 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not in its range.</exception>
    public Augmentation Elastic(double strength, double smoothness) => With(new Elastic(InRange(strength, 0, 65536), InRange(smoothness, 0.1, 100)));

    /// <summary>Adds a normally distributed number to every pixel.</summary>
    /// <param name="deviation">Its standard deviation, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation Noise(double deviation) => With(new Noise(InRange(deviation, 0, 1)));

    /// <summary>Makes the whole image brighter or darker: adds one number to all pixels.</summary>
    /// <param name="most">The greatest number either way, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not in that range.</exception>
    public Augmentation Brightness(double most) => With(new Brightness(InRange(most, 0, 1)));

    /// <summary>Stretches or shrinks all pixels' distance from the image's mean by a factor between two.</summary>
    /// <param name="from">The least factor, from 0 to 100.</param>
    /// <param name="to">The greatest factor, not less than <paramref name="from"/>, to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not in that range.</exception>
    public Augmentation Contrast(double from, double to) => With(new Contrast(InRange(from, 0, 100), InRange(to, from, 100)));

    /// <summary>
    /// Covers a rectangle of some images. Its area is a share of the image's between two, one side is 0.3 to 1 times the other, and it lies within the image, cut to it where it
    /// is longer. Z. Zhong et al. 2017.
    /// </summary>
    /// <param name="probability">The share of images, from 0 to 1.</param>
    /// <param name="from">The least share of the area, from 0 to 1.</param>
    /// <param name="to">The greatest share of the area, not less than <paramref name="from"/>, to 1.</param>
    /// <param name="value">What the rectangle is filled with, from 0 (black) to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not in its range.</exception>
    public Augmentation Erase(double probability = 0.5, double from = 0.02, double to = 0.2, double value = 0) =>
        With(new Erasing(InRange(probability, 0, 1), InRange(from, 0, 1), InRange(to, from, 1), InRange(value, 0, 1)));

    /// <summary>The steps of this one, then those of another, with this one's background.</summary>
    /// <param name="next">The other.</param>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    public Augmentation Then(Augmentation next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new([.. _steps, .. next._steps], _background);
    }

    /// <summary>A set of the same images, each changed; the set itself stays as it is.</summary>
    /// <param name="images">The images.</param>
    /// <param name="seed">Chooses what is drawn.</param>
    /// <param name="epoch">Another epoch of the same seed changes the images in another way. At least 0.</param>
    /// <exception cref="ArgumentNullException">There is no set.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public ImageSet Apply(ImageSet images, Seed seed, int epoch = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        using var augmenter = new Augmenter(this, images, threads: 0);
        var (changed, labels) = (new byte[images.Images.Length], new int[images.Count]);
        augmenter.Gather([.. Enumerable.Range(0, images.Count)], changed, labels, seed, epoch);
        return new ImageSet(changed, labels, images.Channels, images.Height, images.Width, images.Classes);
    }

    /// <summary>Memory to change one image at a time in.</summary>
    internal Canvas CreateCanvas(ImageSet images) =>
        new(images.Channels, images.Height, images.Width, _steps.Select(step => step.Scratch(images.Height, images.Width)).DefaultIfEmpty().Max());

    /// <summary>Changes the image on a canvas.</summary>
    internal void Apply(Canvas canvas, ulong seed, ulong epoch, ulong sample)
    {
        for (var i = 0; i < _steps.Length;)
        {
            if (_steps[i] is PixelStep pixels)
            {
                pixels.Apply(canvas, new Draws(seed, _streams[i++], epoch, sample));
                continue;
            }

            // Pixels come from where the first step has them, which are the places that the second asks for: the last step is asked first.
            var end = i;
            while (end < _steps.Length && _steps[end] is MoveStep) end++;
            canvas.TakeEveryPixelFromItsPlace();
            for (var step = end - 1; step >= i; step--)
                ((MoveStep)_steps[step]).Move(canvas, new Draws(seed, _streams[step], epoch, sample));
            canvas.Sample(_background);
            i = end;
        }
    }

    private Augmentation With(AugmentationStep step) => new([.. _steps, step], _background);

    private static float InRange(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= least && value <= most
            ? (float)value
            : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"expected {name} from {least} to {most}, but it is {value}"));
}
