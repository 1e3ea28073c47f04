namespace Kiln.Samples.Networks;

/// <summary>What the layers make of some images: for each image all maps of a layer, row by row.</summary>
/// <param name="Layers">The three convolutions.</param>
/// <param name="Scores">Of the classes.</param>
internal sealed record Maps(float[][] Layers, float[] Scores)
{
    /// <summary>Maps of each convolution.</summary>
    public static readonly int[] Counts = [Networks.Layers.First, Networks.Layers.Second, Networks.Layers.Third];

    /// <summary>Pixels along a side of a convolution's maps: each pool halves them.</summary>
    public static int Side(int layer, int ofImage) => ofImage >> layer;

    /// <summary>Runs the network.</summary>
    /// <param name="viewer">The network.</param>
    /// <param name="images">Their bytes.</param>
    /// <param name="count">How many images they are.</param>
    /// <param name="side">Pixels along a side of an image.</param>
    public static Maps Of(IViewer viewer, ReadOnlySpan<byte> images, int count, int side)
    {
        float[][] layers = [.. Counts.Select((maps, layer) => new float[count * maps * Side(layer, side) * Side(layer, side)])];
        var scores = new float[count * Networks.Layers.Classes];
        viewer.See(images, layers[0], layers[1], layers[2], scores);
        return new(layers, scores);
    }
}
