using Kiln.Samples.Networks;

namespace Kiln.Samples.Tests;

public sealed class ReceptiveFieldTests
{
    /// <summary>N kernels of 3×3 see 2N + 1 pixels; a stride doubles what each further one adds.</summary>
    [Fact]
    public void It_grows_by_kernels_and_strides()
    {
        var three = ReceptiveField.OfPixel.Then(3).Then(3).Then(3);
        Assert.Equal(new ReceptiveField(7, 1, 0), three);
        Assert.Equal(new ReceptiveField(11, 2, 0), ReceptiveField.OfPixel.Then(3, stride: 2).Then(3).Then(3));
        Assert.Equal(new ReceptiveField(3, 1, -1), ReceptiveField.OfPixel.Then(3, padding: 1));
    }

    /// <summary>Of each unit those pixels matter that its field has: found by changing one pixel at a time.</summary>
    [Fact]
    public void It_is_what_the_network_sees()
    {
        using var viewer = DigitViewer.Start();
        var black = Maps.Of(viewer.Network, new byte[784], 1, 28);
        ReceptiveField[] fields = [Layers.OfFirst, Layers.OfSecond, Layers.OfThird];
        var rows = Enumerable.Range(0, 3).Select(_ => new SortedSet<int>()).ToArray();
        for (var y = 0; y < 28; y++)
        {
            var image = new byte[784];
            image.AsSpan(y * 28, 28).Fill(255);
            var maps = Maps.Of(viewer.Network, image, 1, 28);
            for (var layer = 0; layer < 3; layer++)
            {
                var side = Maps.Side(layer, 28);
                var unit = side / 2 * side + side / 2;
                for (var map = 0; map < Maps.Counts[layer]; map++)
                {
                    if (maps.Layers[layer][map * side * side + unit] != black.Layers[layer][map * side * side + unit])
                        rows[layer].Add(y);
                }
            }
        }
        for (var layer = 0; layer < 3; layer++)
        {
            var first = fields[layer].First(Maps.Side(layer, 28) / 2);
            Assert.Equal(Enumerable.Range(first, fields[layer].Size), rows[layer]);
        }
    }
}
