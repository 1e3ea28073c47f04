namespace Kiln.Generators.Tests;

// Shapes and arguments.
public partial class DiagnosticsTests
{
    [Theory]
    [InlineData("return x + x.Dense(3);", "x + x.Dense(3)", "Add: [N, 8] and [N, 3] do not broadcast: 8 meets 3, and neither is 1")]
    [InlineData("return x.Sum().LayerNorm();", "LayerNorm()", "LayerNorm: expected at least two elements to normalise, got [N]")]
    [InlineData("return x.Reshape(8, 1).LayerNorm(1);", "LayerNorm(1)", "LayerNorm: expected at least two elements to normalise, got [N, 8, 1]")]
    [InlineData("return x.Sum().GroupNorm(1);", "GroupNorm(1)", "GroupNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x.GroupNorm(8);", "GroupNorm(8)", "GroupNorm: expected at least two elements to normalise, got [N, 8]")]
    [InlineData("return x.InstanceNorm();", "InstanceNorm()", "InstanceNorm: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("return x.Sum().LocalResponseNorm();", "LocalResponseNorm()", "LocalResponseNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x.Sum().ParametricRelu();", "ParametricRelu()", "ParametricRelu: expected channels, at least one axis per sample, got [N]")]
    [InlineData("return x.SpatialDropout(0.5);", "SpatialDropout(0.5)", "SpatialDropout: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("return x.Sum().BatchNorm();", "BatchNorm()", "BatchNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x + new Parameter(8).Tanh().BatchNorm();", "BatchNorm()", "BatchNorm: expected a value of each sample, got [8], which is the same for all")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(1, kernel: 2000, padding: 2000);", "Conv3D(1, kernel: 2000, padding: 2000)", "Conv3D: the weight [1, 1, 2000, 2000, 2000] would have more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).WeightedAveragePool2D(50000, padding: 49999);", "WeightedAveragePool2D(50000, padding: 49999)", "WeightedAveragePool2D: the weight [1, 50000, 50000] would have more elements than an int can count")]
    [InlineData("return x.Conv1D(3, 1);", "Conv1D(3, 1)", "Conv1D: expected a signal [channels, length], got [N, 8]")]
    [InlineData("return x.MaxPool1D(2);", "MaxPool1D(2)", "MaxPool1D: expected a signal [channels, length], got [N, 8]")]
    [InlineData("return x.Conv3D(3, 1);", "Conv3D(3, 1)", "Conv3D: expected a volume [channels, depth, height, width], got [N, 8]")]
    [InlineData("return x.Upsample2D(2);", "Upsample2D(2)", "Upsample2D: expected an image [channels, height, width], got [N, 8]")]
    [InlineData("return x.GlobalMaxPool();", "GlobalMaxPool()", "GlobalMaxPool: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("var there = new Conv2D(2); there.Apply(x.Reshape(1, 2, 4).Pad(1, 1, 1)); return there.Transposed().Apply(x.Reshape(1, 2, 4));", "Apply(x.Reshape(1, 2, 4))", "ConvTransposed2D: the transposed layer expects 2 channels, got [N, 1, 2, 4]")]
    [InlineData("return x.Conv2D(3, 3);", "Conv2D(3, 3)", "Conv2D: expected an image [channels, height, width], got [N, 8]")]
    public void Shapes(string body, string underlined, string message) => Reports(Body(body), "KILN007", underlined, message);

    [Theory]
    [InlineData("return x.Dense(0);", "0", "Dense: units must be at least 1, got 0")]
    [InlineData("return x.Dense(units: 2 - 3);", "2 - 3", "Dense: units must be at least 1, got -1")]
    [InlineData("return x.Dense(3).Dropout(1.5);", "1.5", "Dropout: expected a rate from 0 to below 1, got 1.5")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 5);", "5", "Conv2D: the 5×5 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(3, 3);", "3, 3", "Reshape: [N, 8] has 8 elements per sample, which [3, 3] does not hold")]
    [InlineData("return x.Dense(3).MatMul(Tensor.Zeros(4, 2));", "Tensor.Zeros(4, 2)", "MatMul: [N, 3] and [4, 2]: the summed axes have 3 and 4 elements")]
    [InlineData("return x.Apply(new Dense(-2));", "-2", "Dense: units must be at least 1, got -2")]
    [InlineData("return new Sequential(new Dense(4), new Dropout(2)).Apply(x);", "2", "Dropout: expected a rate from 0 to below 1, got 2")]
    [InlineData("return x.Dense(3) * new Parameter(0);", "0", "Parameter: expected sizes of at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, stride: 0);", "0", "Conv2D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, stride: (1, 0));", "(1, 0)", "Conv2D: stride must be at least 1, got 1×0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, dilation: 0);", "0", "Conv2D: dilation must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 2, dilation: int.MaxValue);", "2", "Conv2D: the 2×2 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: int.MaxValue);", "Conv2D(3, kernel: 1, padding: int.MaxValue)", "Conv2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 0);", "0", "Conv2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, groups: 0);", "0", "Conv2D: groups must be at least 1, got 0")]
    [InlineData("return new Conv2D(3) { KernelHeight = 0 }.Apply(x.Reshape(1, 2, 4));", "0", "Conv2D: kernelHeight must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: (1, -2));", "(1, -2)", "Conv2D: padding must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -2")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: (1, 0, Padding.Same, 0));", "(1, 0, Padding.Same, 0)", "Conv2D: padding must be at least 0 on each side, got -1")]
    [InlineData("return new Conv2D(3) { Kernel = 1, PaddingTop = -1 }.Apply(x.Reshape(1, 2, 4));", "-1", "Conv2D: paddingTop must be at least 0 on each side, got -1")]
    [InlineData("return x.Reshape(2, 2, 2).Conv2D(3, kernel: 1, groups: 2);", "2", "Conv2D: the 2 groups must divide the 2 channels in and the 3 out")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(2, padding: (0, 0, 2, 0));", "(0, 0, 2, 0)", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("return x.Reshape(1, 2, 4).LpPool2D(3);", "3", "LpPool2D: the 3×3 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).AveragePool2D((5, 1), stride: 1, ceiling: true);", "(5, 1)", "AveragePool2D: the 5×1 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, 2).Relu().MaxPool2D(2);", "2", "MaxPool2D: the 2×2 window is larger than its padded input, 1×3")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 5);", "5", "Conv1D: the 5 kernel is larger than its padded input, 4")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 2, groups: 3);", "3", "Conv1D: the 3 groups must divide the 2 channels in and the 3 out")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 2, padding: (1, 1, 1));", "(1, 1, 1)", "Conv1D: expected a padding for 1 axis or 2 sides, got 3 numbers")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 2, padding: (1, 1, 1));", "(1, 1, 1)", "Conv2D: expected a padding for 2 axes or 4 sides, got 3 numbers")]
    [InlineData("return x.Reshape(2, 4).MaxPool1D(2, stride: 0);", "0", "MaxPool1D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(2, 4).AveragePool1D(2, padding: 2);", "2", "AveragePool1D: expected a padding smaller than the 2 window, got 2: some windows would see nothing else")]
    [InlineData("return x.Reshape(1, 2, 4).AdaptiveMaxPool2D((2, 0));", "(2, 0)", "AdaptiveMaxPool2D: size must be at least 1, got 2×0")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, stride: 2, outputPadding: 2);", "2", "ConvTransposed2D: expected an output padding below the stride, 2, and none beside Padding.Same, got 2")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, stride: 2, padding: Padding.Same, outputPadding: 1);", "1", "ConvTransposed2D: expected an output padding below the stride, 2, and none beside Padding.Same, got 1")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 1, padding: (1, 0));", "(1, 0)", "ConvTransposed2D: a padding of 1 and 1 leaves nothing of 2 elements out of 2")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, outputPadding: -1);", "-1", "ConvTransposed2D: outputPadding must be at least 0, got -1")]
    [InlineData("return x.Reshape(2, 4).ConvTransposed1D(4, 2, stride: 2, padding: 5);", "5", "ConvTransposed1D: a padding of 5 and 5 leaves nothing of 8 elements out of 4")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(0);", "0", "Upsample2D: factor must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(2, (Interpolation)7);", "(Interpolation)7", "Upsample2D: mode is no Interpolation")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(0, kernel: 2);", "0", "LocallyConnected2D: channels must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(2, kernel: 3);", "3", "LocallyConnected2D: the 3×3 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).WeightedAveragePool2D((3, 1));", "(3, 1)", "WeightedAveragePool2D: the 3×1 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: (1, 3, 1));", "(1, 3, 1)", "Conv3D: the 1×3×1 kernel is larger than its padded input, 2×2×2")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: (1, 0, 1));", "(1, 0, 1)", "Conv3D: expected a kernel of at least 1×1×1, got 1×0×1")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: 1, padding: (1, 1));", "(1, 1)", "Conv3D: expected a padding for 3 axes or 6 sides, got 2 numbers")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(int.MaxValue);", "int.MaxValue", "MaxPool2D: the 2147483647×2147483647 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(2, stride: int.MaxValue, ceiling: true).Upsample2D(int.MaxValue);", "Upsample2D(int.MaxValue)", "Upsample2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(int.MaxValue, Interpolation.Bilinear);", "Upsample2D(int.MaxValue, Interpolation.Bilinear)", "Upsample2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).AdaptiveMaxPool2D(int.MaxValue);", "AdaptiveMaxPool2D(int.MaxValue)", "AdaptiveMaxPool2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(1, 2, stride: int.MaxValue);", "ConvTransposed2D(1, 2, stride: int.MaxValue)", "ConvTransposed2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(3, kernel: 60000, padding: 60000);", "LocallyConnected2D(3, kernel: 60000, padding: 60000)", "LocallyConnected2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Convolve2D(new Parameter(1, 1, 1, 1), stride: 0);", "0", "Convolve2D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(0);", "0", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(default);", "default", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).AveragePool2D(2, stride: -1);", "-1", "AveragePool2D: stride must be at least 1, got -1")]
    [InlineData("return x.Reshape(1, 2, 4).LpPool2D(2, p: double.NaN);", "double.NaN", "LpPool2D: expected a finite p of at least 1, got NaN")]
    [InlineData("return x.LayerNorm(2);", "2", "LayerNorm: expected 0 to 1 last axes of [8], got 2")]
    [InlineData("return x.LayerNorm(lastAxes: -1);", "-1", "LayerNorm: expected 0 to 1 last axes of [8], got -1")]
    [InlineData("return x.LayerNorm(epsilon: -1);", "-1", "LayerNorm: epsilon must be above 0, got -1")]
    [InlineData("return x.GroupNorm(3);", "3", "GroupNorm: 3 groups do not divide the channels of [N, 8]")]
    [InlineData("return x.GroupNorm(0);", "0", "GroupNorm: groups must be at least 1, got 0")]
    [InlineData("return x.Reshape(2, 4).InstanceNorm(double.NaN);", "double.NaN", "InstanceNorm: epsilon must be a finite number, got NaN")]
    [InlineData("return x.LocalResponseNorm(0);", "0", "LocalResponseNorm: size must be at least 1, got 0")]
    [InlineData("return x.LocalResponseNorm(alpha: -1);", "-1", "LocalResponseNorm: alpha must be at least 0, got -1")]
    [InlineData("return x.LocalResponseNorm(beta: double.NaN);", "double.NaN", "LocalResponseNorm: beta must be a finite number, got NaN")]
    [InlineData("return new LocalResponseNorm(3) { K = 0 }.Apply(x);", "0", "LocalResponseNorm: k must be above 0, got 0")]
    [InlineData("return x.ParametricRelu(slope: double.NaN);", "double.NaN", "ParametricRelu: slope must be a finite number, got NaN")]
    [InlineData("return x.Reshape(2, 4).SpatialDropout(1);", "1", "SpatialDropout: expected a rate from 0 to below 1, got 1")]
    [InlineData("return x.Huber(x, delta: 0);", "0", "Huber: delta must be above 0, got 0")]
    [InlineData("return x.Huber(x.Dense(3));", "x.Dense(3)", "Huber: expected a target of the shape of [N, 8], got [N, 3]")]
    [InlineData("return x.BatchNorm(momentum: 1.5);", "1.5", "BatchNorm: expected a momentum from 0 to 1, got 1.5")]
    [InlineData("return x.BatchNorm(double.NaN);", "double.NaN", "BatchNorm: expected a momentum from 0 to 1, got NaN")]
    [InlineData("return x.BatchNorm(epsilon: 0);", "0", "BatchNorm: epsilon must be above 0, got 0")]
    [InlineData("return x.BatchNorm(epsilon: 1e-60);", "1e-60", "BatchNorm: epsilon must be above 0, got 1E-60")]
    [InlineData("return x.BatchNorm(epsilon: double.PositiveInfinity);", "double.PositiveInfinity", "BatchNorm: epsilon must be a finite number, got Infinity")]
    [InlineData("return new BatchNorm { Momentum = -1 }.Apply(x);", "-1", "BatchNorm: expected a momentum from 0 to 1, got -1")]
    [InlineData("return x.Dropout(-0.1);", "-0.1", "Dropout: expected a rate from 0 to below 1, got -0.1")]
    [InlineData("return x.LeakyRelu(double.PositiveInfinity);", "double.PositiveInfinity", "LeakyRelu: slope must be a finite number, got Infinity")]
    [InlineData("return x.Elu(double.NaN);", "double.NaN", "Elu: alpha must be a finite number, got NaN")]
    [InlineData("return x.Softmax(temperature: 0);", "0", "Softmax: expected a finite temperature above 0, got 0")]
    [InlineData("return x.Softmax(axis: 1);", "1", "Softmax: axis 1 of a sample that has 1")]
    [InlineData("return x.Clamp(1, -0.5);", "1", "Clamp: low, 1, is above high, -0.5")]
    [InlineData("return x.Clamp(0, double.NaN);", "double.NaN", "Clamp: high must be a number, got NaN")]
    [InlineData("return x.Reshape(0, 8);", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [0, 8]")]
    [InlineData("return x.Slice(0, 3, 0);", "0", "Slice: length must be at least 1, got 0")]
    [InlineData("return x.Slice(0, -1, 2);", "-1", "Slice: start must be at least 0, got -1")]
    [InlineData("return x.Slice(0, 6, 3);", "3", "Slice: 3 elements from 6 on along axis 0 of [8], which has 8")]
    [InlineData("return x.Slice(2, 0, 1);", "2", "Slice: axis 2 of a sample that has 1")]
    [InlineData("return x.Split(3)[0];", "3", "Split: 3 equal parts of axis 0 of [8], which has 8 elements")]
    [InlineData("return x.Split(0)[0];", "0", "Split: parts must be at least 1, got 0")]
    [InlineData("return x.Pad(0, 1, -1);", "-1", "Pad: after must be at least 0, got -1")]
    [InlineData("return x.Pad(0, 1, int.MaxValue);", "Pad(0, 1, int.MaxValue)", "Pad: more elements than an int can count")]
    [InlineData("return x.Transpose(0, 1);", "1", "Transpose: [0, 1] is not a permutation of the 1 axis of [8]")]
    [InlineData("return x.Sum(3);", "3", "Sum: axis 3 of [8], which has 1")]
    [InlineData("return x.Sum(0, -1);", "-1", "Sum: an axis is named twice in [0, -1]")]
    [InlineData("return x.Sum(axes: [0, 7]);", "7", "Sum: axis 7 of [8], which has 1")]
    [InlineData("int[] axes = [7]; return x.Sum(axes);", "axes", "Sum: axis 7 of [8], which has 1")]
    [InlineData("return x.Reshape(-1, 2, -1);", "-1", "Reshape: expected sizes of at least 1, and at most one -1, got [-1, 2, -1]")]
    [InlineData("return x.Reshape(2, 4).Transpose(1);", "1", "Transpose: [1] is not a permutation of the 2 axes of [2, 4]")]
    [InlineData("return x + Tensor.Zeros(8, -2);", "-2", "Zeros: expected sizes of at least 1, got [8, -2]")]
    [InlineData("return new Reshape(2, 0).Apply(x);", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [2, 0]")]
    [InlineData("return x.MaxPoolChannels(3);", "3", "MaxPoolChannels: groups of 3 do not divide the channels of [N, 8]")]
    [InlineData("return new Dense(3) { InitializerScale = double.NaN }.Apply(x);", "double.NaN", "Dense: initializerScale must be a finite number, got NaN")]
    [InlineData("return new Dense(3) { BiasInitializerScale = double.NaN }.Apply(x);", "double.NaN", "Dense: biasInitializerScale must be a finite number, got NaN")]
    [InlineData("return new Dense(3) { BiasInitializer = Initializer.Orthogonal }.Apply(x);", "Initializer.Orthogonal", "Dense: Orthogonal expects at least two axes, but the bias is [3]")]
    [InlineData("return x.Dense(3, initializer: (Initializer)99);", "(Initializer)99", "Dense: initializer is no Initializer")]
    [InlineData("return x * new Parameter(8) { Scale = double.NaN };", "double.NaN", "Parameter: expected a finite scale, got NaN")]
    [InlineData("return x * new Parameter(8) { Initializer = Initializer.Orthogonal };", "Initializer.Orthogonal", "Parameter: Orthogonal expects at least two axes, got 1")]
    public void Arguments(string body, string underlined, string message) => Reports(Body(body), "KILN008", underlined, message);

    [Fact]
    public void A_size_that_is_not_given_is_no_size_of_zero()
    {
        var network = GeneratorHost.Network(
            """
            [Network] public sealed partial class Net
            {
                [Predict] static Tensor P([Shape(1, 8, 8)] Tensor x) => Plain(Plain(x, 2), 3, new Size()).MaxPool2D(2, stride: default);
                static Tensor Plain(Tensor x, int channels, Size stride = default) => x.Conv2D(channels, kernel: 3, stride, dilation: stride.Height + 1);
            }
            """);
        Assert.Equal("[N, 3, 2, 2]", network.Programs[0].Graph[network.Programs[0].Graph.Outputs[0].Node].Type.ToString());
    }

    [Theory]
    [InlineData("[Conv2D(4, Kernel = 9)]", "KILN008", "9", "Conv2D: the 9×9 kernel is larger than its padded input, 8×8")]
    [InlineData("[Conv2D(4, Kernel = 3, Stride = 0)]", "KILN008", "0", "Conv2D: stride must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Kernel = 3, Dilation = 0)]", "KILN008", "0", "Conv2D: dilation must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Kernel = 0)]", "KILN008", "0", "Conv2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("[Conv2D(4, KernelWidth = 0)]", "KILN008", "0", "Conv2D: kernelWidth must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Groups = 0)]", "KILN008", "0", "Conv2D: groups must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Padding = -2)]", "KILN008", "-2", "Conv2D: padding must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -2")]
    [InlineData("[Conv2D(4, StrideHeight = 0)]", "KILN008", "0", "Conv2D: strideHeight must be at least 1, got 0")]
    [InlineData("[Conv2D(4, DilationWidth = -1)]", "KILN008", "-1", "Conv2D: dilationWidth must be at least 1, got -1")]
    [InlineData("[Conv2D(4, KernelHeight = 9)]", "KILN008", "9", "Conv2D: the 9×3 kernel is larger than its padded input, 8×8")]
    [InlineData("[Conv2D(4, PaddingWidth = -3)]", "KILN008", "-3", "Conv2D: paddingWidth must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -3")]
    [InlineData("[Conv2D(4, PaddingLeft = Padding.Same)]", "KILN008", "Padding.Same", "Conv2D: paddingLeft must be at least 0 on each side, got -1")]
    [InlineData("[Conv2D(4, Kernel = 5), Conv2D(4, Kernel = 3), MaxPool2D(2), Conv2D(6)]", "KILN008", "Conv2D(6)", "Conv2D: the 3×3 kernel is larger than its padded input, 1×1")]
    [InlineData("[MaxPool2D(2, PaddingRight = 2)]", "KILN008", "2", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("[MaxPool2D(2, KernelWidth = 0)]", "KILN008", "0", "MaxPool2D: kernelWidth must be at least 1, got 0")]
    [InlineData("[LpPool2D(2, P = 0.5)]", "KILN008", "0.5", "LpPool2D: expected a finite p of at least 1, got 0.5")]
    [InlineData("[MaxPool2D(0)]", "KILN008", "0", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("[MaxPool2D(2, Stride = 0)]", "KILN008", "0", "MaxPool2D: stride must be at least 1, got 0")]
    [InlineData("[AveragePool2D(2, Stride = -3)]", "KILN008", "-3", "AveragePool2D: stride must be at least 1, got -3")]
    [InlineData("[AveragePool2D(9)]", "KILN008", "9", "AveragePool2D: the 9×9 window is larger than its padded input, 8×8")]
    [InlineData("[BatchNorm(Momentum = 2)]", "KILN008", "2", "BatchNorm: expected a momentum from 0 to 1, got 2")]
    [InlineData("[BatchNorm(Epsilon = -1)]", "KILN008", "-1", "BatchNorm: epsilon must be above 0, got -1")]
    [InlineData("[Flatten, LayerNorm(3)]", "KILN008", "3", "LayerNorm: expected 0 to 1 last axes of [64], got 3")]
    [InlineData("[GroupNorm(2)]", "KILN008", "2", "GroupNorm: 2 groups do not divide the channels of [N, 1, 8, 8]")]
    [InlineData("[LocalResponseNorm(K = -1)]", "KILN008", "-1", "LocalResponseNorm: k must be above 0, got -1")]
    [InlineData("[SpatialDropout(-1)]", "KILN008", "-1", "SpatialDropout: expected a rate from 0 to below 1, got -1")]
    [InlineData("[Dropout(1.5)]", "KILN008", "1.5", "Dropout: expected a rate from 0 to below 1, got 1.5")]
    [InlineData("[LeakyRelu(double.NaN)]", "KILN008", "double.NaN", "LeakyRelu: slope must be a finite number, got NaN")]
    [InlineData("[Dense(0)]", "KILN008", "0", "Dense: units must be at least 1, got 0")]
    [InlineData("[Flatten, Dense(3, L2 = -1)]", "KILN008", "-1", "Dense: L2 must be at least 0 and finite, got -1")]
    [InlineData("[Flatten, Dense(3, L1 = double.NaN)]", "KILN008", "double.NaN", "Dense: L1 must be at least 0 and finite, got NaN")]
    [InlineData("[MaxPool2D(2, Padding = 2)]", "KILN008", "2", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("[Reshape(8, 9)]", "KILN008", "8, 9", "Reshape: [N, 1, 8, 8] has 64 elements per sample, which [8, 9] does not hold")]
    [InlineData("[Reshape(8, 0)]", "KILN008", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [8, 0]")]
    [InlineData("[Flatten, Dense(int.MaxValue)]", "KILN007", "Dense(int.MaxValue)", "Dense: the weight [64, 2147483647] would have more elements than an int can count")]
    [InlineData("[Flatten, Conv2D(4)]", "KILN007", "Conv2D(4)", "Conv2D: expected an image [channels, height, width], got [N, 64]")]
    public void In_a_stack_the_attribute_or_its_argument_is_underlined(string layers, string id, string underlined, string message) =>
        Reports($"[Network, Input(1, 8, 8)] {layers} [CrossEntropy] public sealed partial class Net;", id, underlined, message);

    [Theory]
    [InlineData("Huber(0)", "0", "Huber: delta must be above 0, got 0")]
    [InlineData("Huber(delta: double.NaN)", "double.NaN", "Huber: delta must be a finite number, got NaN")]
    [InlineData("CrossEntropy(Smoothing = -0.1)", "-0.1", "CrossEntropy: expected a smoothing from 0 to 1, got -0.1")]
    [InlineData("CrossEntropy(Ignored = 4)", "4", "CrossEntropy: expected an ignored label from 0 to 3, or -1 for none, where there are 3 logits, got 4")]
    [InlineData("CrossEntropy(Weights = new[] { 1.0, 2 })", "new[] { 1.0, 2 }", "CrossEntropy: 3 logits and 2 weights")]
    public void In_a_loss_the_argument_is_underlined(string loss, string underlined, string message) =>
        Reports($"[Network, Input(4), Dense(3), {loss}] public sealed partial class Net;", "KILN008", underlined, message);

    [Fact]
    public void Of_weights_of_classes_the_wrong_one_is_underlined() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes(3)] Labels y) => x.Dense(3).CrossEntropy(y, weights: [1, -2, 3]); }",
        "KILN008", "-2", "CrossEntropy: expected finite weights of at least 0, got -2 for class 1");

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 3)]
    public void Labels_have_a_class_more_than_there_are_logits_only_to_ignore_it(int classes, int ignored) => Reports(
        $"[Network] public sealed partial class Net {{ [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes({classes})] Labels y) => x.Dense(3).CrossEntropy(y, ignored: {ignored}); }}",
        "KILN010", "y", $"The labels have {classes} classes, but the logits [N, 3] have 3");

    [Fact]
    public void In_a_layer_of_the_users_the_innermost_expression_is_underlined() => Reports(
        "public sealed class Wide(int units) : Layer { public override Tensor Apply(Tensor x) => x.Dense(units - 3); } [Network, Input(4), Wide(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "units - 3", "Dense: units must be at least 1, got 0");

    [Fact]
    public void A_loss_is_a_number_per_sample() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x) => x.Dense(3).Square(); }",
        "KILN009", "x.Dense(3).Square()", "A loss must be one number per sample, but this has the shape [N, 3]: use Sum or Mean");

    [Fact]
    public void A_monitored_value_is_a_number_per_sample() => Reports(
        "[Network] public sealed partial class Net { [Learn] static (Loss Total, Tensor Scores) Learn([Shape(4)] Tensor x) { var y = x.Dense(3); return (y.Square().Sum(), y); } }",
        "KILN009", "Tensor Scores", "A monitored value must be one number per sample, but this has the shape [N, 3]: use Sum or Mean");

    private const string OneClass = ": among one class there is nothing to tell apart, and the loss is always 0. For yes or no there is BinaryCrossEntropyWithLogits";

    [Fact]
    public void One_class_has_nothing_to_learn_in_a_stack() => Reports(
        "[Network, Input(4), Dense(1), CrossEntropy] public sealed partial class Net;",
        "KILN007", "CrossEntropy", "CrossEntropy: expected at least two logits along the last axis, got [N, 1]" + OneClass);

    [Fact]
    public void One_class_has_nothing_to_learn() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes(1)] Labels y) => x.Dense(1).CrossEntropy(y); }",
        "KILN007", "CrossEntropy(y)", "CrossEntropy: expected at least two logits along the last axis, got [N, 1]" + OneClass);

    [Theory]
    [InlineData("Scale = 0", "0", "Scale must be a finite number other than 0, got 0")]
    [InlineData("Scale = double.NaN", "double.NaN", "Scale must be a finite number other than 0, got NaN")]
    [InlineData("Scale = 1.0 / 0.0", "1.0 / 0.0", "Scale must be a finite number other than 0, got Infinity")]
    [InlineData("Mean = double.NegativeInfinity", "double.NegativeInfinity", "Mean must be a finite number, got -Infinity")]
    public void Bytes_are_widened_by_numbers(string argument, string underlined, string message)
    {
        Reports($"[Network] public sealed partial class Net {{ [Predict] static Tensor P([Shape(4), Bytes({argument})] Tensor x) => x; }}", "KILN008", underlined, "Bytes: " + message);
        Reports($"[Network, Input(4, Bytes = true, {argument}), Dense(3), CrossEntropy] public sealed partial class Net;", "KILN008", underlined, "Input: " + message);
    }

    [Fact]
    public void What_is_not_bytes_is_not_widened() => Reports(
        "[Network, Input(4, Scale = 0.5), Dense(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "Scale = 0.5", "Input: Scale is for bytes: add Bytes = true");

    [Theory]
    [InlineData("Input(1, 28, 28)", "Dense(10)", "Dense(10)", "[N, 1, 28, 28]", "[N, 1, 28, 10]", 28)]
    [InlineData("Input(28, 28, Bytes = true)", "Dense(30), Relu, Dense(10)", "Dense(10)", "[N, 28, 30]", "[N, 28, 10]", 28)]
    [InlineData("Input(2, 9, 9)", "Conv2D(4), Relu, MaxPool2D(2), Dense(5)", "Dense(5)", "[N, 4, 3, 3]", "[N, 4, 3, 5]", 12)]
    public void An_image_that_is_not_flattened(string input, string layers, string underlined, string came, string logits, int count) => Reports(
        $"[Network, {input}, {layers}, CrossEntropy] public sealed partial class Net;",
        "KILN028", underlined, $"Dense replaces only the last axis of {came}: the logits {logits} are {count} classifications per sample. Is a Flatten missing before it?");

    [Fact]
    public void An_image_that_is_not_flattened_in_a_program() => Reports(
        """
        [Network] public sealed partial class Net
        {
            [Predict] static Tensor Logits([Shape(1, 8, 8)] Tensor image) => image.Conv2D(4, kernel: 3).Relu().Dense(10);
            [Learn] static Loss Learn([Shape(1, 8, 8)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label).Mean();
        }
        """, "KILN028", "Dense(10)", "Dense replaces only the last axis of [N, 4, 6, 6]: the logits [N, 4, 6, 10] are 24 classifications per sample. Is a Flatten missing before it?");

    [Theory]
    [InlineData("[Network, Input(5, 7), Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network, Input(8, 8, 16), Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network, Input(1, 8, 8), Dense(4), MeanSquaredError] public sealed partial class Net;")]
    [InlineData("[Network, Input(1, 8, 8), Conv2D(4), Flatten, Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4, 8, 8)] Tensor x, [Shape(4, 8), Classes(3)] Labels y) => x.Dense(3).CrossEntropy(y).Mean(); }")]
    [InlineData("[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(6, 8)] Tensor heads, [Classes(3)] Labels y) => heads.Dense(3).CrossEntropy(y).Mean(); }")]
    public void Several_labels_per_sample_are_no_mistake(string source) =>
        Assert.Empty(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics);

    [Fact]
    public void Classes_and_logits_differ() => Reports(
        Body("return x.Dense(4);"), "KILN010", "label", "The labels have 3 classes, but the logits [N, 4] have 4");

    [Theory]
    [InlineData(
        "[Network] public sealed partial class Net { [Predict] static Tensor Logits([Shape(1, 28, 28), Shape(1, 40, 40)] Tensor image) => image.Conv2D(8, 3).Flatten().Dense(10); }",
        "Dense(10)", "The parameter 'logits.dense1.weight' has the shape [5408, 10] elsewhere, but would need [11552, 10] here: 'image' is [1, 28, 28] there and [1, 40, 40] here")]
    [InlineData(
        "[Network] public sealed partial class Net { [Shared] static Tensor Head(Tensor x) => x.Flatten().Dense(10); [Predict] static Tensor Small([Shape(1, 6, 6)] Tensor x) => Head(x); [Predict] static Tensor Large([Shape(1, 8, 6)] Tensor x) => Head(x); }",
        "Dense(10)", "The parameter 'head.dense1.weight' has the shape [36, 10] elsewhere, but would need [48, 10] here: 'x' is [1, 6, 6] there and [1, 8, 6] here")]
    [InlineData(
        "[Network, Input(1, 6, 6), Input(1, 8, 6), Conv2D(4), Flatten, Dense(10), CrossEntropy] public sealed partial class Net;",
        "Dense(10)", "The parameter 'dense1.weight' has the shape [64, 10] elsewhere, but would need [96, 10] here: 'input' is [1, 6, 6] there and [1, 8, 6] here")]
    [InlineData(
        "[Network, Input(1, 6, 6), Input(1, 8, 6), LayerNorm, GlobalAveragePool, Dense(10), CrossEntropy] public sealed partial class Net;",
        "LayerNorm", "The parameter 'layerNorm1.weight' has the shape [1, 6, 6] elsewhere, but would need [1, 8, 6] here: 'input' is [1, 6, 6] there and [1, 8, 6] here")]
    public void A_weight_that_depends_on_the_size_of_the_image_is_found_where_it_is_made(string source, string underlined, string message) =>
        Reports(source, "KILN011", underlined, message);

    [Fact]
    public void A_size_that_a_layer_cannot_take_is_named() => Reports(
        "[Network, Input(1, 9, 9), Input(1, 5, 9), Conv2D(4, Kernel = 7), GlobalAveragePool, Dense(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "7", "Conv2D: the 7×7 kernel is larger than its padded input, 5×9");

    [Fact]
    public void A_shared_layer_keeps_its_shape() => Reports(
        "[Network] public sealed partial class Net { static readonly Dense D = new(3); [Learn] static Loss Learn([Shape(4)] Tensor x, [Shape(5)] Tensor y) => (D.Apply(x) + D.Apply(y)).Sum(); }",
        "KILN011", "Apply(y)", "The parameter 'd.weight' has the shape [4, 3] elsewhere, but would need [5, 3] here");
}
