namespace Kiln.Samples.Networks;

/// <summary>
/// House numbers of up to five digits, read at once: Goodfellow, Bulatov, Ibarz, Arnoud, Shet 2013. Eight convolutions, a locally connected layer, two dense
/// ones; a head says how many digits there are (0 to 5, or more), five heads say which.
/// </summary>
[Network]
public sealed partial class HouseNumbers
{
    [Predict]
    static (Tensor Length, Tensor Digits) Read([Shape(3, 54, 54)] Tensor image)
    {
        // Maxout: the largest of three filters.
        var x = Block(image.Conv2D(3 * 48, kernel: 5, padding: Padding.Same).MaxPoolChannels(3), stride: 2);
        foreach (var (channels, stride) in new[] { (64, 1), (128, 2), (160, 1), (192, 2), (192, 1), (192, 2), (192, 1) })
            x = Block(x.Conv2D(channels, kernel: 5, padding: Padding.Same).Relu(), stride);
        x = x.LocallyConnected2D(192, kernel: 5, padding: Padding.Same).Relu().Dropout(0.5).Flatten();
        for (var i = 0; i < 2; i++) x = x.Dense(3072).Relu().Dropout(0.5);
        return (x.Dense(7, name: "length"), Tensor.Stack(Enumerable.Range(0, 5).Select(i => x.Dense(10, name: $"digit{i}"))));
    }

    /// <summary>The digits past the number's length, where present is 0 and not 1, have no part in the loss.</summary>
    [Learn]
    static Loss Learn([Shape(3, 54, 54)] Tensor image, [Classes(7)] Labels length, [Shape(5), Classes(10)] Labels digits, [Shape(5)] Tensor present)
    {
        var (lengths, numerals) = Read(image);
        return lengths.CrossEntropy(length) + (numerals.CrossEntropy(digits) * present).Sum();
    }

    /// <summary>The largest of 2×2 pixels, less the mean of those around.</summary>
    static Tensor Block(Tensor x, int stride)
    {
        var pooled = x.MaxPool2D(2, stride, Padding.Same);
        return (pooled - pooled.AveragePool2D(3, stride: 1, Padding.Same)).Dropout(0.5);
    }
}
