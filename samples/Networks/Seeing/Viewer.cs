using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>A network that shows its layers.</summary>
internal interface IViewer : INetwork
{
    /// <summary>The values of three convolutions and the scores, for one image or several.</summary>
    void See(ReadOnlySpan<byte> image, Span<float> first, Span<float> second, Span<float> third, Span<float> scores);

    /// <summary>The share of images that are given the right class.</summary>
    double Accuracy(ImageSet images);
}

/// <summary>A step that makes pictures excite units more; gives the loss.</summary>
internal delegate float ExciteMethod(Span<float> pictures, ReadOnlySpan<int> units);

/// <summary>Some epochs of training.</summary>
internal delegate Task<IReadOnlyList<TrainingProgress>> FitMethod(
    ImageSet data, int epochs, IProgress<TrainingProgress>? progress, ImageSet? validation, Augmentation? augmentation, FitOptions? options, CancellationToken cancellation);

/// <summary>A network to look at, and its training.</summary>
/// <param name="Network">The network.</param>
/// <param name="Training">Disposed of with it.</param>
/// <param name="Fit">Trains it.</param>
/// <param name="Excite">For each layer, the scores last: moves pictures.</param>
internal sealed record Viewer(IViewer Network, IDisposable Training, FitMethod Fit, ExciteMethod[] Excite) : IDisposable
{
    /// <summary>Images of a step and of a prediction; the most units that pictures are made for at a time.</summary>
    public const int Batch = 64;

    private const int Steps = 256;

    /// <summary>How pictures are moved.</summary>
    public static Optimizer Ascent => new Adam(0.05);

    /// <summary>Pictures that excite units of a layer, found by gradient ascent from nearly nothing.</summary>
    /// <param name="layer">0 to 2, or 3 for the scores.</param>
    /// <param name="units">Numbers of maps or classes, at most <see cref="Batch"/>.</param>
    /// <param name="length">Values of a picture.</param>
    public float[] Imagine(int layer, int[] units, int length)
    {
        var random = new Random(1);
        var pictures = new float[units.Length * length];
        foreach (ref var pixel in pictures.AsSpan())
            pixel = 0.01f * (2 * random.NextSingle() - 1);
        for (var step = 0; step < Steps; step++)
            Excite[layer](pictures, units);
        return pictures;
    }

    public void Dispose()
    {
        Training.Dispose();
        Network.Dispose();
    }
}
