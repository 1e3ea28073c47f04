namespace Kiln.Samples.Networks;

/// <summary>The layers of the networks that are looked at, and what excites one of their units.</summary>
internal static class Layers
{
    public const int First = 16, Second = 32, Third = 48, Classes = 10;

    /// <summary>What a unit of each convolution sees of the image.</summary>
    public static readonly ReceptiveField
        OfFirst = ReceptiveField.OfPixel.Then(kernel: 5, padding: 2),
        OfSecond = OfFirst.Then(kernel: 2, stride: 2).Then(kernel: 3, padding: 1),
        OfThird = OfSecond.Then(kernel: 2, stride: 2).Then(kernel: 3, padding: 1);

    /// <summary>The maps of the three convolutions before their ReLU, and the scores of the classes.</summary>
    public static (Tensor First, Tensor Second, Tensor Third, Tensor Scores) Of(Tensor image)
    {
        var first = image.Conv2D(First, kernel: 5, padding: Padding.Same, name: "conv1");
        var second = first.Relu().MaxPool2D(2).Conv2D(Second, kernel: 3, padding: Padding.Same, name: "conv2");
        var third = second.Relu().MaxPool2D(2).Conv2D(Third, kernel: 3, padding: Padding.Same, name: "conv3");
        return (first, second, third, third.Relu().MaxPool2D(2).Flatten().Dense(Classes, name: "scores"));
    }

    /// <summary>Falls as the unit in the middle of a map rises. Large and rough pictures cost, so that there is a best one.</summary>
    /// <param name="maps">All maps of a layer.</param>
    /// <param name="map">Whose unit it is.</param>
    /// <param name="picture">What is optimised.</param>
    public static Tensor Excite(Tensor maps, Labels map, Tensor picture) =>
        Excite(maps.Slice(1, maps.Shape[1] / 2, 1).Slice(2, maps.Shape[2] / 2, 1).Flatten(), map, picture, smoothness: 0.2);

    /// <summary>The same for one of several scores.</summary>
    public static Tensor ExciteScore(Tensor scores, Labels score, Tensor picture) => Excite(scores, score, picture, smoothness: 0.5);

    static Tensor Excite(Tensor units, Labels unit, Tensor picture, double smoothness) =>
        0.03 * picture.Square().Sum() + smoothness * (Roughness(picture, axis: 1) + Roughness(picture, axis: 2)) - (units * unit.OneHot()).Sum();

    /// <summary>The squares of the differences between neighbours.</summary>
    static Tensor Roughness(Tensor picture, int axis) =>
        (picture.Slice(axis, 1, picture.Shape[axis] - 1) - picture.Slice(axis, 0, picture.Shape[axis] - 1)).Square().Sum();
}
