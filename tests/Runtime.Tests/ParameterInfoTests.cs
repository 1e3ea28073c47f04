using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public class ParameterInfoTests
{
    private static ParameterInfo Info(int[] shape, ParameterStorage storage, long floats = 1 << 20) =>
        new("p", "", shape, storage, 0, floats, Initializer.Zeros, 1, 1, 1, true);

    [Fact]
    public void Elements_lie_where_the_layouts_say()
    {
        // [K = 3, M = 40]: a panel of 32 columns, then one of 16.
        var panels = Info([3, 40], ParameterStorage.Panels);
        Assert.Equal(0, panels.StorageIndex(0));
        Assert.Equal(32 + 5, panels.StorageIndex(40 + 5));
        Assert.Equal(96 + 2 * 16 + 7, panels.StorageIndex(2 * 40 + 39));

        // [K = 3, M = 50]: the second panel has 18 columns and is 32 wide.
        Assert.Equal(96 + 2 * 32 + 17, Info([3, 50], ParameterStorage.Panels).StorageIndex(2 * 50 + 49));

        // [units = 40, inputs = 3]: the transpose of the first.
        Assert.Equal(96 + 2 * 16 + 7, Info([40, 3], ParameterStorage.TransposedPanels).StorageIndex(39 * 3 + 2));

        // [M = 20, C = 2, 3, 5]: K = (row, column, channel), one panel of 32.
        var convolution = Info([20, 2, 3, 5], ParameterStorage.ConvolutionPanels);
        Assert.Equal(((2 * 5 + 4) * 2 + 1) * 32 + 19, convolution.StorageIndex(((19 * 2 + 1) * 3 + 2) * 5 + 4));
        Assert.Equal(11, Info([12], ParameterStorage.Flat).StorageIndex(11));
    }

    [Theory]
    [InlineData(ParameterStorage.Flat, 7, 3)]
    [InlineData(ParameterStorage.Panels, 3, 33)]
    [InlineData(ParameterStorage.TransposedPanels, 49, 5)]
    [InlineData(ParameterStorage.ConvolutionPanels, 17, 2, 3, 3)]
    [InlineData(ParameterStorage.ConvolutionPanels, 65, 3, 5)]
    public void Every_element_has_a_place_of_its_own(ParameterStorage storage, params int[] shape)
    {
        var parameter = Info(shape, storage);
        var places = Enumerable.Range(0, parameter.Length).Select(parameter.StorageIndex).ToHashSet();
        Assert.Equal(parameter.Length, places.Count);

        // The least that is enough: the first size that the constructor takes.
        var least = places.Max() / 16 * 16 + 16;
        Info(shape, storage, least);
        Assert.Throws<ArgumentException>(() => Info(shape, storage, least - 16));
    }

    [Fact]
    public void A_table_that_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Info([3], ParameterStorage.Panels));
        Assert.Throws<ArgumentException>(() => Info([3, 3], ParameterStorage.ConvolutionPanels));
        Assert.Throws<ArgumentException>(() => new ParameterInfo("p", "", [3], ParameterStorage.Flat, 8, 16, Initializer.Zeros, 1, 1, 1, true));
    }
}
