using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Layers that normalise each sample by itself, and PReLU: each the owner of its parameters.</summary>
[Network]
public sealed partial class Normalisations
{
    [Predict] static Tensor Layer([Shape(6, 4, 5)] Tensor x) => x.LayerNorm(name: "own");
    [Predict] static Tensor LayerGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Layer(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss LayerWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Layer(x) * cotangent).Sum();

    [Predict] static Tensor LayerLast([Shape(6, 4, 5)] Tensor x) => x.LayerNorm(1, epsilon: 0.01, name: "own");
    [Predict] static Tensor LayerLastGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (LayerLast(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss LayerLastWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (LayerLast(x) * cotangent).Sum();

    [Predict] static Tensor Group([Shape(6, 4, 5)] Tensor x) => x.GroupNorm(3, name: "own");
    [Predict] static Tensor GroupGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Group(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss GroupWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Group(x) * cotangent).Sum();

    [Predict] static Tensor Instance([Shape(6, 4, 5)] Tensor x) => x.InstanceNorm(name: "own");
    [Predict] static Tensor InstanceGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Instance(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss InstanceWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Instance(x) * cotangent).Sum();

    [Predict] static (Tensor Y, Tensor Gradient) InstancePlain([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => Probe.Of(x.InstanceNorm(affine: false), x, cotangent);

    [Predict] static (Tensor Y, Tensor Gradient) Response([Shape(7, 3, 4)] Tensor x, [Shape(7, 3, 4)] Tensor cotangent) => Probe.Of(x.LocalResponseNorm(5, alpha: 1e-2), x, cotangent);

    [Predict] static (Tensor Y, Tensor Gradient) ResponseEven([Shape(7, 3, 4)] Tensor x, [Shape(7, 3, 4)] Tensor cotangent) => Probe.Of(x.LocalResponseNorm(4, alpha: 2, beta: 0.6, k: 0.5), x, cotangent);

    [Predict] static Tensor Parametric([Shape(6, 4, 5)] Tensor x) => x.ParametricRelu(name: "own");
    [Predict] static Tensor ParametricGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Parametric(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss ParametricWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (Parametric(x) * cotangent).Sum();

    [Predict] static Tensor ParametricOne([Shape(6, 4, 5)] Tensor x) => x.ParametricRelu(perChannel: false, name: "own");
    [Predict] static Tensor ParametricOneGradient([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (ParametricOne(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss ParametricOneWeights([Shape(6, 4, 5)] Tensor x, [Shape(6, 4, 5)] Tensor cotangent) => (ParametricOne(x) * cotangent).Sum();
}

public sealed class NormalisationTests : IDisposable
{
    private readonly Fixture _fixture = new("normalisations");
    private readonly Normalisations _net = new(batch: 5);
    private readonly Normalisations.Training _training;

    public NormalisationTests() => _training = _net.Train(batch: 5, threads: 1);

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
        _fixture.Check("instancePlain", _net.InstancePlain);
        _fixture.Check("response", _net.Response);
        _fixture.Check("responseEven", _net.ResponseEven);
    }

    [Fact] public void Layer() => Check("layer", _net.Layer, _net.LayerGradient, _training.LayerWeightsGradients);
    [Fact] public void LayerLast() => Check("layerLast", _net.LayerLast, _net.LayerLastGradient, _training.LayerLastWeightsGradients);
    [Fact] public void Group() => Check("group", _net.Group, _net.GroupGradient, _training.GroupWeightsGradients);
    [Fact] public void Instance() => Check("instance", _net.Instance, _net.InstanceGradient, _training.InstanceWeightsGradients);
    [Fact] public void Parametric() => Check("parametric", _net.Parametric, _net.ParametricGradient, _training.ParametricWeightsGradients);
    [Fact] public void ParametricOne() => Check("parametricOne", _net.ParametricOne, _net.ParametricOneGradient, _training.ParametricOneWeightsGradients);

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
