using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Activations.</summary>
[Network]
public sealed partial class ActivationWords
{
    [Predict] static (Tensor Y, Tensor Gradient) Gelu([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Gelu(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) GeluTanh([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Gelu(approximate: true), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Selu([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Selu(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) HardTanh([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.HardTanh(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Softsign([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Softsign(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Mish([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.Mish(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) HardSigmoid([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.HardSigmoid(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) HardSwish([Shape(13)] Tensor x, [Shape(13)] Tensor cotangent) => Probe.Of(x.HardSwish(), x, cotangent);
}

/// <summary>The same words on single numbers, for zeros, subnormals, infinities and NaN.</summary>
[Network]
public sealed partial class SpecialActivations
{
    [Predict] static Tensor Gelu([Shape] Tensor x) => x.Gelu();
    [Predict] static Tensor GeluTanh([Shape] Tensor x) => x.Gelu(approximate: true);
    [Predict] static Tensor Selu([Shape] Tensor x) => x.Selu();
    [Predict] static Tensor HardTanh([Shape] Tensor x) => x.HardTanh();
    [Predict] static Tensor Softsign([Shape] Tensor x) => x.Softsign();
    [Predict] static Tensor Mish([Shape] Tensor x) => x.Mish();
    [Predict] static Tensor HardSigmoid([Shape] Tensor x) => x.HardSigmoid();
}

public sealed class ActivationTests
{
    [Fact]
    public void Values_and_derivatives()
    {
        var fixture = new Fixture("activations");
        using var net = new ActivationWords(batch: 5);
        fixture.Check("gelu", net.Gelu);
        fixture.Check("geluTanh", net.GeluTanh);
        fixture.Check("selu", net.Selu);
        fixture.Check("hardTanh", net.HardTanh);
        fixture.Check("softsign", net.Softsign);
        fixture.Check("mish", net.Mish);
        fixture.Check("hardSigmoid", net.HardSigmoid);
        fixture.Check("hardSwish", net.HardSwish);
    }

    [Fact]
    public void Zeros_subnormals_infinities_and_not_a_number()
    {
        var fixture = new Fixture("activations");
        using var net = new SpecialActivations(batch: 32);
        PointwiseTests.Special(fixture, "gelu", "specials", net.Gelu);
        PointwiseTests.Special(fixture, "geluTanh", "specials", net.GeluTanh);
        PointwiseTests.Special(fixture, "selu", "specials", net.Selu);
        PointwiseTests.Special(fixture, "hardTanh", "specials", net.HardTanh);
        PointwiseTests.Special(fixture, "softsign", "specials", net.Softsign);
        PointwiseTests.Special(fixture, "mish", "specials", net.Mish);
        PointwiseTests.Special(fixture, "hardSigmoid", "specials", net.HardSigmoid);
    }
}
