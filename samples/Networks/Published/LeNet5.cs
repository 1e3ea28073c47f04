namespace Kiln.Samples.Networks;

/// <summary>
/// LeNet-5 as its paper has it: LeCun, Bottou, Bengio, Haffner 1998, figure 2 and table I. A digit of 28×28 lies in the middle of 32×32, which is the
/// padding of the first convolution. The paper's last layer, distances to ten fixed drawings, is a dense one here.
/// </summary>
[Network]
public sealed partial class LeNet5
{
    /// <summary>Table I: which maps of S2 each map of C3 sees.</summary>
    static readonly int[][] Seen =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
        [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
    ];

    [Predict]
    static Tensor Predict([Shape(1, 28, 28)] Tensor image)
    {
        var s2 = Subsample(Squash(image.Conv2D(6, kernel: 5, padding: 2)));
        var c3 = Tensor.Concat(Seen.Select(maps => Tensor.Concat(maps.Select(map => s2.Slice(0, map, 1))).Conv2D(1, kernel: 5)));
        var c5 = Squash(Subsample(Squash(c3)).Conv2D(120, kernel: 5));
        return Squash(c5.Flatten().Dense(84)).Dense(10);
    }

    [Learn]
    static Loss Learn([Shape(1, 28, 28)] Tensor image, [Classes(10)] Labels digit) => Predict(image).CrossEntropy(digit);

    /// <summary>The mean of 2×2 pixels with a trained gain and bias for each map, squashed.</summary>
    static Tensor Subsample(Tensor x)
    {
        var gain = new Parameter(x.Shape[0], 1, 1) { Initializer = Initializer.Ones };
        var bias = new Parameter(x.Shape[0], 1, 1);
        return Squash(gain * x.AveragePool2D(2) + bias);
    }

    /// <summary>±1 go to ±1.</summary>
    static Tensor Squash(Tensor x) => 1.7159 * (2.0 / 3 * x).Tanh();
}
