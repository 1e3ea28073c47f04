using ILGPU;
using Kiln.Gpu.Kernels;
using Networks.Tests;
using Xunit;
using ImageTiles = Kiln.Gpu.Kernels.ImageTiles;

namespace Gpu.Tests;

// Convolutions of rounded operands.
public unsafe partial class ImageTilesTests
{
    /// <summary>As <see cref="Kernels"/>.</summary>
    public static class Rounded
    {
        public static void Convolve(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, ArrayView<int> n, int samples) =>
            ImageTiles.Convolve<TensorFloat32>(x, w, y, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);

        public static void DataGradient(ArrayView<float> dy, ArrayView<float> wt, ArrayView<float> dx, ArrayView<int> n, int samples) =>
            ImageTiles.DataGradient<TensorFloat32>(dy, wt, dx, Kernels.Places(n, 21), Kernels.Places(n, 18), Kernels.Shape(n), samples);

        public static void WeightGradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ArrayView<int> n, int samples) =>
            ImageTiles.WeightGradient<TensorFloat32>(x, dy, dw, Kernels.Places(n, 18), Kernels.Places(n, 21), Kernels.Shape(n), samples);
    }

    [DeviceTheory]
    [InlineData(0, 19)]
    [InlineData(3, 2)]
    [InlineData(7, 3)]
    [InlineData(8, 9)] // large tiles
    public void Convolutions_of_rounded_operands_have_the_bits_of_the_CPU(int number, int samples) =>
        Convolutions(typeof(Rounded), numbers => Array.ConvertAll(numbers, Comparison.TensorFloat32), number, samples);
}
