using Kiln;

namespace Networks.Tests.NameHiding;

/// <summary>A game or an audio program has types of these names: they must not hide the runtime's in generated code.</summary>
internal static class Stage;

internal sealed class Frame;

internal sealed class Workers;

internal static class Layouts;

internal static class Sums;

internal static class Math;

[Network, Input(1, 6, 6)]
[Conv2D(3), Relu, MaxPool2D(2), Flatten, Dense(4), CrossEntropy]
internal sealed partial class Small;

public class NameHidingTests
{
    [Fact]
    public void A_network_beside_types_of_the_runtimes_names_computes()
    {
        using var net = new Small(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 2);
        Assert.True(training.Learn(new float[72], [1, 2]) > 0);
        Assert.IsNotType<Frame>(net);
        Assert.IsNotType<Workers>(net);
    }
}
