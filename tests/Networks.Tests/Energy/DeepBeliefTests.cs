using Kiln;

namespace Networks.Tests.Energy;

/// <summary>A stack of restricted Boltzmann machines: learned greedily, fine-tuned, unrolled.</summary>
public sealed class DeepBeliefTests
{
    private static readonly float[] Data = Samples.Bits(DeepBelief.Rows, 12), Numbers = Samples.Numbers(DeepBelief.Rows);

    /// <summary>The layers of the unrolled stack, in the order of computation.</summary>
    private static readonly string[] Unrolled = ["up.0", "up.1", "up.2", "down.2", "down.1", "down.0"];

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void A_machine_learns_from_the_means_of_those_below(int level)
    {
        using var net = new DeepBelief(seed: 3);
        using var training = net.Train(DeepBelief.Rows, first: new Sgd(0.1), second: new Sgd(0.1), third: new Sgd(0.1), threads: 1);
        switch (level)
        {
            case 0: training.FirstGradients(Data, Numbers); break;
            case 1: training.SecondGradients(Data, Numbers); break;
            default: training.ThirdGradients(Data, Numbers); break;
        }
        var data = Samples.Rows(Data, 12);
        for (var i = 0; i < level; i++) data = [.. data.Select(DoubleRbm.Of(net, $"stack.{i}").Up)];
        var (w, a, b) = DoubleRbm.Of(net, $"stack.{level}").Contrast(data, Samples.Seen(training.Gradients[$"seen.{level}"]));
        Samples.IsStep(w, training.Gradients[$"stack.{level}.w"]);
        Samples.IsStep(a, training.Gradients[$"stack.{level}.a"]);
        Samples.IsStep(b, training.Gradients[$"stack.{level}.b"]);

        // One level moves alone.
        var before = net.AllParameters.ToDictionary(p => p.Name, p => p.ToArray());
        switch (level)
        {
            case 0: training.First(Data, Numbers); break;
            case 1: training.Second(Data, Numbers); break;
            default: training.Third(Data, Numbers); break;
        }
        Assert.Equal([$"seen.{level}", $"stack.{level}.a", $"stack.{level}.b", $"stack.{level}.w"],
            net.AllParameters.Where(p => !before[p.Name].SequenceEqual(p.ToArray())).Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fine_tuning_has_the_gradients_of_its_loss()
    {
        using var net = new DeepBelief(seed: 3);
        using var training = net.Train(DeepBelief.Rows, fineTune: new Sgd(0.1), threads: 1);
        int[] labels = [0, 3, 1, 2, 2, 0];
        var check = GradientCheck.Run(net, () => training.FineTuneGradients(Data, labels), () => training.FineTuneLoss(Data, labels), name => training.Gradients[name]);
        Assert.True(check.Worst.Share < 0.02, check.ToString());
        Assert.All(check.Errors.Where(e => e.Parameter.StartsWith("head", StringComparison.Ordinal) || e.Parameter is "stack.0.w" or "stack.1.w" or "stack.2.b"), e => Assert.True(e.Scale > 1e-3, check.ToString()));
    }

    [Fact]
    public void The_unrolled_stack_goes_up_and_down_through_its_machines_and_then_by_itself()
    {
        using var net = new DeepBelief(seed: 3);
        for (var i = 0; i < 3; i++)
        {
            net[$"up.{i}.weight"].CopyFrom(net[$"stack.{i}.w"], transposed: true);
            net[$"up.{i}.bias"].CopyFrom(net[$"stack.{i}.b"]);
            net[$"down.{i}.weight"].CopyFrom(net[$"stack.{i}.w"]);
            net[$"down.{i}.bias"].CopyFrom(net[$"stack.{i}.a"]);
        }
        var machines = Enumerable.Range(0, 3).Select(i => DoubleRbm.Of(net, $"stack.{i}")).ToArray();
        var expected = Samples.Rows(Data, 12).SelectMany(v =>
        {
            foreach (var machine in machines) v = machine.Up(v);
            foreach (var machine in machines.Reverse()) v = machine.Down(v);
            return v;
        }).ToArray();
        var rebuilt = new float[Data.Length];
        net.Rebuild(Data, rebuilt);
        Samples.Close(expected, rebuilt);

        using var training = net.Train(DeepBelief.Rows, unrolled: new Sgd(0.1), threads: 1);
        Assert.Equal(CrossEntropy(net), training.UnrolledLoss(Data), 1e-5);
        // Down and up are parameters of their own now.
        training.Unrolled(Data);
        Assert.NotEqual(net["stack.0.w"].ToArray(), net["down.0.weight"].ToArray());
    }

    /// <summary>Little of the gradient comes through five sigmoids, too little for differences of losses in single precision.</summary>
    [Fact]
    public void The_unrolled_stack_has_the_gradients_of_its_loss()
    {
        using var net = new DeepBelief(seed: 3);
        using var training = net.Train(DeepBelief.Rows, unrolled: new Sgd(0.1), threads: 1);
        training.UnrolledGradients(Data);
        var weights = net.AllParameters.ToDictionary(p => p.Name, p => p.ToArray().Select(w => (double)w).ToArray());
        Assert.Equal(CrossEntropy(weights), training.UnrolledLoss(Data), 1e-5);
        training.UnrolledGradients(Data);
        foreach (var layer in Unrolled)
        {
            foreach (var name in (string[])[$"{layer}.weight", $"{layer}.bias"])
            {
                const double step = 1e-4;
                var (weight, gradient) = (weights[name], training.Gradients[name].ToArray());
                var expected = weight.Select((w, i) =>
                {
                    weight[i] = w + step;
                    var above = CrossEntropy(weights);
                    weight[i] = w - step;
                    var below = CrossEntropy(weights);
                    weight[i] = w;
                    return (above - below) / (2 * step);
                }).ToArray();
                Samples.Close(expected, gradient, 1e-6);
                Assert.Contains(expected, g => Math.Abs(g) > 1e-4);
            }
        }
    }

    private static double CrossEntropy(DeepBelief net) => CrossEntropy(net.AllParameters.ToDictionary(p => p.Name, p => p.ToArray().Select(w => (double)w).ToArray()));

    /// <summary>The mean over the rows of what the unrolled stack makes of them, in double precision. A layer's weight is [units, inputs], as a machine's is from above.</summary>
    private static double CrossEntropy(Dictionary<string, double[]> weights) => Samples.Rows(Data, 12).Average(x =>
    {
        var h = x;
        foreach (var layer in Unrolled) h = new DoubleRbm(weights[$"{layer}.weight"], weights[$"{layer}.bias"], new double[h.Length]).Down(h);
        return -h.Zip(x, (p, pixel) => pixel * Math.Log(p) + (1 - pixel) * Math.Log(1 - p)).Sum();
    });
}
