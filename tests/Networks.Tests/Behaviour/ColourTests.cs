using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

[Network, Input(3, 4, 4, Bytes = true)]
[Conv2D(4, Kernel = 3), Relu, Flatten, Dense(3), CrossEntropy]
public sealed partial class Colours;

/// <summary>Images in colour are planes: red, green, blue.</summary>
public sealed class ColourTests
{
    [Fact]
    public async Task Images_in_colour_are_fitted_and_scored()
    {
        // The class is the plane that is bright.
        var (pixels, labels) = (new byte[30 * 48], new int[30]);
        for (var i = 0; i < 30; i++) pixels.AsSpan(i * 48 + (labels[i] = i % 3) * 16, 16).Fill(255);
        var images = new ImageSet(pixels, labels, channels: 3, height: 4, width: 4, classes: 3);
        using var net = new Colours(seed: 1);
        using var training = net.Train(new Adam(0.02), batch: 8, threads: 1);
        var epochs = await training.Fit(images, epochs: 60, validation: images);
        Assert.Equal(1, epochs[^1].Validation);
        Assert.Equal(1, net.Accuracy(images));
    }

    [Fact]
    public async Task Images_of_other_channels_are_told()
    {
        using var net = new Colours(seed: 1);
        using var training = net.Train(new Adam(), batch: 8, threads: 1);
        var turned = new ImageSet(new byte[48], (int[])[0], channels: 4, height: 4, width: 3, classes: 3);
        var error = await Assert.ThrowsAsync<ArgumentException>("data", () => training.Fit(turned));
        Assert.Contains("expected images of 3 channels, but those of data have 4×4×3", error.Message);
    }
}
