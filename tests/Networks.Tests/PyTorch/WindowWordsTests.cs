using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Words with windows: along lines, over images and volumes. Those with parameters own them.</summary>
[Network]
public sealed partial class WindowWords
{
    [Predict] static (Tensor Y, Tensor Gradient) MaxCeiling([Shape(3, 8, 9)] Tensor x, [Shape(3, 3, 3)] Tensor cotangent) => Probe.Of(x.MaxPool2D(2, 3, ceiling: true), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AverageCeiling([Shape(3, 8, 9)] Tensor x, [Shape(3, 5, 3)] Tensor cotangent) => Probe.Of(x.AveragePool2D((3, 2), (2, 3), (1, 0), ceiling: true), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AverageInside([Shape(3, 8, 9)] Tensor x, [Shape(3, 5, 5)] Tensor cotangent) => Probe.Of(x.AveragePool2D(3, 2, 1, ceiling: true, countPadding: false), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Lp([Shape(3, 8, 9)] Tensor x, [Shape(3, 3, 4)] Tensor cotangent) => Probe.Of(x.LpPool2D(3, 2, 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LpThree([Shape(3, 8, 9)] Tensor x, [Shape(3, 7, 8)] Tensor cotangent) => Probe.Of(x.LpPool2D(2, 3, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Max1([Shape(4, 11)] Tensor x, [Shape(4, 6)] Tensor cotangent) => Probe.Of(x.MaxPool1D(3, 2, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Average1([Shape(4, 11)] Tensor x, [Shape(4, 5)] Tensor cotangent) => Probe.Of(x.AveragePool1D(4, 3, 2, ceiling: true), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AdaptiveAverage([Shape(3, 8, 9)] Tensor x, [Shape(3, 3, 5)] Tensor cotangent) => Probe.Of(x.AdaptiveAveragePool2D((3, 5)), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AdaptiveMax([Shape(3, 8, 9)] Tensor x, [Shape(3, 5, 2)] Tensor cotangent) => Probe.Of(x.AdaptiveMaxPool2D((5, 2)), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Nearest([Shape(2, 4, 3)] Tensor x, [Shape(2, 8, 9)] Tensor cotangent) => Probe.Of(x.Upsample2D((2, 3)), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Bilinear([Shape(2, 4, 3)] Tensor x, [Shape(2, 12, 6)] Tensor cotangent) => Probe.Of(x.Upsample2D((3, 2), Interpolation.Bilinear), x, cotangent);

    [Predict] static Tensor Line([Shape(4, 11)] Tensor x) => x.Conv1D(6, 3, 2, 1, dilation: 2, groups: 2, name: "own");
    [Predict] static Tensor LineGradient([Shape(4, 11)] Tensor x, [Shape(6, 5)] Tensor cotangent) => (Line(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss LineWeights([Shape(4, 11)] Tensor x, [Shape(6, 5)] Tensor cotangent) => (Line(x) * cotangent).Sum();

    [Predict] static Tensor LineBack([Shape(4, 11)] Tensor x) => x.ConvTransposed1D(3, 4, 3, 1, outputPadding: 2, name: "own");
    [Predict] static Tensor LineBackGradient([Shape(4, 11)] Tensor x, [Shape(3, 34)] Tensor cotangent) => (LineBack(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss LineBackWeights([Shape(4, 11)] Tensor x, [Shape(3, 34)] Tensor cotangent) => (LineBack(x) * cotangent).Sum();

    [Predict] static Tensor ImageBack([Shape(3, 8, 9)] Tensor x) => x.ConvTransposed2D(5, (3, 2), (2, 1), (1, 0), outputPadding: (1, 0), dilation: (1, 2), name: "own");
    [Predict] static Tensor ImageBackGradient([Shape(3, 8, 9)] Tensor x, [Shape(5, 16, 11)] Tensor cotangent) => (ImageBack(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss ImageBackWeights([Shape(3, 8, 9)] Tensor x, [Shape(5, 16, 11)] Tensor cotangent) => (ImageBack(x) * cotangent).Sum();

    [Predict] static Tensor GroupsBack([Shape(6, 4, 5)] Tensor x) => x.ConvTransposed2D(9, 3, 2, 1, outputPadding: 1, groups: 3, name: "own");
    [Predict] static Tensor GroupsBackGradient([Shape(6, 4, 5)] Tensor x, [Shape(9, 8, 10)] Tensor cotangent) => (GroupsBack(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss GroupsBackWeights([Shape(6, 4, 5)] Tensor x, [Shape(9, 8, 10)] Tensor cotangent) => (GroupsBack(x) * cotangent).Sum();

    [Predict] static Tensor Volume([Shape(4, 5, 6, 4)] Tensor x) => x.Conv3D(6, (3, 2, 3), (2, 1, 1), (1, 0, 1), groups: 2, name: "own");
    [Predict] static Tensor VolumeGradient([Shape(4, 5, 6, 4)] Tensor x, [Shape(6, 3, 5, 4)] Tensor cotangent) => (Volume(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss VolumeWeights([Shape(4, 5, 6, 4)] Tensor x, [Shape(6, 3, 5, 4)] Tensor cotangent) => (Volume(x) * cotangent).Sum();

    [Predict] static Tensor Local([Shape(3, 8, 9)] Tensor x) => x.LocallyConnected2D(4, (3, 2), 2, name: "own");
    [Predict] static Tensor LocalGradient([Shape(3, 8, 9)] Tensor x, [Shape(4, 3, 4)] Tensor cotangent) => (Local(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss LocalWeights([Shape(3, 8, 9)] Tensor x, [Shape(4, 3, 4)] Tensor cotangent) => (Local(x) * cotangent).Sum();

    [Predict] static Tensor Weighted([Shape(3, 8, 9)] Tensor x) => x.WeightedAveragePool2D(3, 2, 1, name: "own");
    [Predict] static Tensor WeightedGradient([Shape(3, 8, 9)] Tensor x, [Shape(3, 4, 5)] Tensor cotangent) => (Weighted(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss WeightedWeights([Shape(3, 8, 9)] Tensor x, [Shape(3, 4, 5)] Tensor cotangent) => (Weighted(x) * cotangent).Sum();
}

public sealed class WindowWordsTests : IDisposable
{
    private readonly Fixture _fixture = new("windows");
    private readonly WindowWords _net = new(batch: 5);
    private readonly WindowWords.Training _training;

    public WindowWordsTests() => _training = _net.Train(batch: 5, threads: 1);

    private delegate void InputGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> cotangent, Span<float> gradient);

    private delegate float WeightGradients(ReadOnlySpan<float> x, ReadOnlySpan<float> cotangent);

    public void Dispose()
    {
        _training.Dispose();
        _net.Dispose();
    }

    [Fact]
    public void Without_parameters()
    {
        _fixture.Check("maxCeiling", _net.MaxCeiling);
        _fixture.Check("averageCeiling", _net.AverageCeiling);
        _fixture.Check("averageInside", _net.AverageInside);
        _fixture.Check("lp", _net.Lp);
        _fixture.Check("lpThree", _net.LpThree);
        _fixture.Check("max1", _net.Max1);
        _fixture.Check("average1", _net.Average1);
        _fixture.Check("adaptiveAverage", _net.AdaptiveAverage);
        _fixture.Check("adaptiveMax", _net.AdaptiveMax);
        _fixture.Check("nearest", _net.Nearest);
        _fixture.Check("bilinear", _net.Bilinear);
    }

    [Fact] public void Line() => Check("line", _net.Line, _net.LineGradient, _training.LineWeightsGradients);
    [Fact] public void LineBack() => Check("lineBack", _net.LineBack, _net.LineBackGradient, _training.LineBackWeightsGradients);
    [Fact] public void ImageBack() => Check("imageBack", _net.ImageBack, _net.ImageBackGradient, _training.ImageBackWeightsGradients);
    [Fact] public void GroupsBack() => Check("groupsBack", _net.GroupsBack, _net.GroupsBackGradient, _training.GroupsBackWeightsGradients);
    [Fact] public void Volume() => Check("volume", _net.Volume, _net.VolumeGradient, _training.VolumeWeightsGradients);
    [Fact] public void Local() => Check("local", _net.Local, _net.LocalGradient, _training.LocalWeightsGradients);
    [Fact] public void Weighted() => Check("weighted", _net.Weighted, _net.WeightedGradient, _training.WeightedWeightsGradients);

    private void Check(string name, Function forward, InputGradient inputGradient, WeightGradients weightGradients)
    {
        var parameters = _net.AllParameters.Where(p => p.Name.StartsWith($"{name}.", StringComparison.Ordinal)).Select(p => p.Name.Split('.')[^1]).ToArray();
        Assert.NotEmpty(parameters);
        foreach (var parameter in parameters) _net[$"{name}.own.{parameter}"].CopyFrom(_fixture.Floats($"{name}/initial/{parameter}"));
        var (x, cotangent) = (_fixture.Floats($"{name}/x"), _fixture.Floats($"{name}/cotangent"));
        var (y, gradient) = (_fixture.Room($"{name}/y"), _fixture.Room($"{name}/gradient/x"));
        forward(x, y);
        _fixture.Near($"{name}/y", y, Against.Values);
        inputGradient(x, cotangent, gradient);
        _fixture.Near($"{name}/gradient/x", gradient, Against.Gradients);
        weightGradients(x, cotangent);
        foreach (var parameter in parameters) _fixture.Near($"{name}/gradient/{parameter}", _training.Gradients[$"{name}.own.{parameter}"].ToArray(), Against.Gradients);
    }
}
