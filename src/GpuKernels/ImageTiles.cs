using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// Convolutions and their adjoints as products of tiles: rows are pixels of all samples, columns are channels out, terms are taps and channels in. The sums are those of Kiln.Kernels.ImageTiles and
/// ChannelTiles, term by term; taps outside the image are products with zero.
/// </summary>
public static partial class ImageTiles
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>y[o, i, j] = Σ over (u, v, c) of w[(u, v, c), o] · x[c, i · stride + u · dilation − top, j · stride + v · dilation − left].</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="x">Images.</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o.</param>
    /// <param name="y">Gets images.</param>
    /// <param name="xAt">Where numbers of x lie.</param>
    /// <param name="yAt">Where numbers of y lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void Convolve<TPrecision>(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples) where TPrecision : struct, IPrecision =>
        ConvolveFused<TPrecision>(x, w, y, y, y, y, xAt, yAt, s, samples, false, false, false, false);

    /// <summary>A convolution and its epilogue.</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="x">Images.</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o.</param>
    /// <param name="y">Gets images.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding.</param>
    /// <param name="residual">What is added then, laid out as y is.</param>
    /// <param name="xAt">Where numbers of x lie.</param>
    /// <param name="yAt">Where numbers of y lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    /// <param name="hasScale">Whether there is a scale. With a scale there is a shift.</param>
    /// <param name="hasShift">Whether there is a shift.</param>
    /// <param name="hasResidual">Whether there is something to add.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    [MethodImpl(Inline)]
    public static void ConvolveFused<TPrecision>(
        ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual,
        ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples, bool hasScale, bool hasShift, bool hasResidual, bool relu) where TPrecision : struct, IPrecision
    {
        int columns = DeviceWork.ConvolutionColumns(s.OutChannels, s.Groups, yAt.AreChannels), inputs = s.Channels / s.Groups, pixels = s.OutHeight * s.OutWidth, rows = samples * pixels;
        int depth = s.KernelHeight * s.KernelWidth * inputs, segment = DeviceWork.ConvolutionSegment(s.KernelWidth, inputs);
        var tiles = TileSizes.Tiles(rows, columns, depth, segment);
        int group = Grid.IdxX / tiles, first = group * (s.OutChannels / s.Groups);
        var result = new ConvolutionResult(y, yAt, pixels, first, scale, shift, residual, hasScale, hasShift, hasResidual, relu);
        TPrecision.Multiply(new ConvolutionSource(x, xAt, yAt, s, group * inputs, rows), new PanelColumns(w, depth, s.OutChannels, first, columns), result, Grid.IdxX % tiles, rows, columns, depth, segment, depth);
    }

    /// <summary>dx[c, i, j] = Σ over (u, v, o) of w[(u, v, c), o] · dy[o, …]: the adjoint of <see cref="Convolve{TPrecision}"/> in x.</summary>
    /// <typeparam name="TPrecision">What products are computed with.</typeparam>
    /// <param name="dy">Images.</param>
    /// <param name="wt">The kernel as <see cref="TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets images.</param>
    /// <param name="dyAt">Where numbers of dy lie.</param>
    /// <param name="dxAt">Where numbers of dx lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void DataGradient<TPrecision>(ArrayView<float> dy, ArrayView<float> wt, ArrayView<float> dx, ImagePlaces dyAt, ImagePlaces dxAt, ImageShape s, int samples) where TPrecision : struct, IPrecision
    {
        int columns = DeviceWork.ConvolutionColumns(s.Channels, s.Groups, dxAt.AreChannels), outputs = s.OutChannels / s.Groups, pixels = s.Height * s.Width, rows = samples * pixels;
        int depth = s.KernelHeight * s.KernelWidth * outputs, segment = DeviceWork.ConvolutionSegment(s.KernelWidth, outputs);
        var tiles = TileSizes.Tiles(rows, columns, depth, segment);
        int group = Grid.IdxX / tiles, first = group * (s.Channels / s.Groups);
        var result = new ConvolutionResult(dx, dxAt, pixels, first, dx, dx, dx, false, false, false, false);
        TPrecision.Multiply(new GradientSource(dy, dyAt, dxAt, s, group * outputs, rows), new PanelColumns(wt, depth, s.Channels, first, columns), result, Grid.IdxX % tiles, rows, columns, depth, segment, depth);
    }

    /// <summary>The kernel that <see cref="DataGradient{TPrecision}"/> multiplies by: rows (u, v, o of the group), columns c.</summary>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o.</param>
    /// <param name="wt">Gets KernelHeight · KernelWidth · OutChannels / Groups rows of Channels columns in Panels, zero-padded.</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(Inline)]
    public static void TransposeKernel(ArrayView<float> w, ArrayView<float> wt, ImageShape s)
    {
        int taps = s.KernelHeight * s.KernelWidth, inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups, padded = Panels.Padded(s.Channels);
        int c = Threads.Index % padded, row = Threads.Index / padded, tap = row / outputs, o = row % outputs;
        if (tap >= taps) return;
        var value = Lane.Zero;
        if (c < s.Channels) value = Lane.Load(w, Panels.At(tap * inputs + c % inputs, c / inputs * outputs + o, taps * inputs, s.OutChannels));
        value.Store(wt, Panels.At(row, c, taps * outputs, s.Channels));
    }

    /// <summary>What pixels out see: lines are pixels out, terms are (u, v, c).</summary>
    private readonly struct ConvolutionSource(ArrayView<float> x, ImagePlaces at, ImagePlaces order, ImageShape s, int channel, int lines) : IOperand
    {
        public bool LinesFirst => !at.AreChannels;

        [MethodImpl(Inline)]
        public Key Line(int line)
        {
            int pixels = s.OutHeight * s.OutWidth, pixel = order.PixelOf(line, pixels);
            int row = pixel / s.OutWidth * s.StrideY - s.Top, column = pixel % s.OutWidth * s.StrideX - s.Left;
            return new(at.At(order.SampleOf(line, pixels), channel, row * s.Width + column), line < lines ? row : Nowhere, column);
        }

        [MethodImpl(Inline)]
        public Key Term(int term)
        {
            int inputs = s.Channels / s.Groups, tap = term / inputs, row = tap / s.KernelWidth * s.DilationY, column = tap % s.KernelWidth * s.DilationX;
            return new(at.At(0, term % inputs, row * s.Width + column), row, column);
        }

        [MethodImpl(Inline)]
        public Lane At(Key line, Key term)
        {
            int row = line.Row + term.Row, column = line.Column + term.Column;
            var value = Lane.Broadcast(-0f);
            if (row >= 0 && row < s.Height && column >= 0 && column < s.Width) value = Lane.Load(x, line.Place + term.Place);
            return value;
        }
    }

    /// <summary>The row of a pixel that no image has.</summary>
    private const int Nowhere = -(1 << 24);

    /// <summary>What pixels in are seen by: lines are pixels in, terms are (u, v, o).</summary>
    private readonly struct GradientSource(ArrayView<float> dy, ImagePlaces at, ImagePlaces order, ImageShape s, int channel, int lines) : IOperand
    {
        public bool LinesFirst => !at.AreChannels;

        [MethodImpl(Inline)]
        public Key Line(int line)
        {
            int pixels = s.Height * s.Width, pixel = order.PixelOf(line, pixels);
            return new(at.At(order.SampleOf(line, pixels), channel, 0), line < lines ? pixel / s.Width + s.Top : Nowhere, pixel % s.Width + s.Left);
        }

        [MethodImpl(Inline)]
        public Key Term(int term)
        {
            int outputs = s.OutChannels / s.Groups, tap = term / outputs;
            return new(at.At(0, term % outputs, 0), tap / s.KernelWidth * s.DilationY, tap % s.KernelWidth * s.DilationX);
        }

        [MethodImpl(Inline)]
        public Lane At(Key line, Key term)
        {
            int row = line.Row - term.Row, column = line.Column - term.Column;
            var value = Lane.Broadcast(-0f);
            if (row >= 0 && column >= 0 && row % s.StrideY == 0 && column % s.StrideX == 0 && row / s.StrideY < s.OutHeight && column / s.StrideX < s.OutWidth)
                value = Lane.Load(dy, line.Place + term.Place + at.At(0, 0, row / s.StrideY * s.OutWidth + column / s.StrideX));
            return value;
        }
    }

    /// <summary>Channels of pixels, with an epilogue.</summary>
    private readonly struct ConvolutionResult(
        ArrayView<float> y, ImagePlaces at, int pixels, int channel, ArrayView<float> scale, ArrayView<float> shift, ArrayView<float> residual, bool hasScale, bool hasShift, bool hasResidual, bool relu) : IResult
    {
        public bool RowsFirst => !at.AreChannels;

        [MethodImpl(Inline)]
        public void Put(int row, int column, Lane sum)
        {
            var place = at.At(at.SampleOf(row, pixels), channel + column, at.PixelOf(row, pixels));
            if (hasScale) sum = Lane.MultiplyAdd(sum, Lane.Load(scale, channel + column), Lane.Load(shift, channel + column));
            else if (hasShift) sum += Lane.Load(shift, channel + column);
            if (hasResidual) sum += Lane.Load(residual, place);
            if (relu) sum = Lane.Max(Lane.Zero, sum);
            sum.Store(y, place);
        }
    }
}
