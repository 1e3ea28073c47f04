using Kiln.Data;
using Kiln.Samples.Networks;

namespace Kiln.Samples.Tests;

public sealed class SizesTests
{
    [Fact]
    public void A_canvas_has_the_image_somewhere_and_nothing_else()
    {
        var digits = Digits.Generate(20, seed: 1);
        var canvases = SizesExperiment.OnCanvases(digits, 40, seed: 1);
        Assert.Equal((20, 1, 40, 40), (canvases.Count, canvases.Channels, canvases.Height, canvases.Width));
        Assert.Equal(digits.Labels, canvases.Labels);
        for (var i = 0; i < 20; i++)
            Assert.Equal(digits[i].ToArray().Sum(pixel => pixel), canvases[i].ToArray().Sum(pixel => pixel));
        Assert.Equal(digits.Images, SizesExperiment.OnCanvases(digits, 28, seed: 1).Images);
    }
}
