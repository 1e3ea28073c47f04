using Kiln;

namespace Networks.Tests;

public class PenaltyTests
{
    /// <summary>What the penalties add to the loss and to the gradients, by their formulas over the logical weights.</summary>
    [Fact]
    public void Penalties_add_their_values_and_gradients()
    {
        using var net = new Penalised(seed: 2);
        using var training = net.Train(new Sgd(1), batch: 4);
        var x = new float[4 * 30];
        int[] labels = [1, 2, 3, 6];
        var conv = Values(net, "image.weight");
        var head = Values(net, "head.weight");
        var gain = Values(net, "gain");

        // With an input of zeros the logits are the biases' only, which start at zero: the loss is log 7 and the data's gradient of all weights is zero.
        var loss = training.Learn(x, labels);
        var penalty = 1e-2 * conv.Sum(w => w * w) + 1e-2 * head.Sum(Math.Abs) + 3e-2 * head.Sum(w => w * w)
            + 0.5 * head.Sum(w => Math.Log(w * w + 0.1)) + gain.Sum(g => g * g);
        Assert.Equal(Math.Log(7) + penalty, loss, 1e-3);
        var afterConv = Values(net, "image.weight");
        var afterHead = Values(net, "head.weight");
        for (var i = 0; i < conv.Length; i++) Assert.Equal(conv[i] - 2e-2 * conv[i], afterConv[i], 1e-5);
        for (var i = 0; i < head.Length; i++) Assert.Equal(head[i] - 1e-2 * Math.Sign(head[i]) - 6e-2 * head[i] - head[i] / (head[i] * head[i] + 0.1), afterHead[i], 1e-4);
    }

    private static double[] Values(Penalised net, string name)
    {
        var values = new float[net[name].Length];
        net[name].CopyTo(values);
        return [.. values.Select(v => (double)v)];
    }
}
