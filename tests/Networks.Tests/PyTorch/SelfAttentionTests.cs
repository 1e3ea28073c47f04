using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>torch.nn.MultiheadAttention of two heads, in the language's words.</summary>
[Network]
public sealed partial class TwoHeads
{
    const int Heads = 2, Units = 3;
    static readonly Dense Query = new(Heads * Units), Keys = new(Heads * Units), Values = new(Heads * Units), Joined = new(Heads * Units);

    [Predict]
    static Sequence Attend([Shape(Heads * Units)] Sequence xs)
    {
        var (keys, values) = (xs.Apply(Keys).Split(Heads), xs.Apply(Values).Split(Heads));
        return xs.Apply(Query).Map(query =>
        {
            var queries = query.Split(Heads);
            return Tensor.Concat(Enumerable.Range(0, Heads).Select(h => (values[h] * ((keys[h] * queries[h]).Sum() / Math.Sqrt(Units)).SoftmaxOverTime()).SumOverTime()));
        }).Apply(Joined);
    }

    [Predict] static Sequence Gradient([Shape(6), Time("t")] Sequence xs, [Shape(6), Time("t")] Sequence cotangent) => (Attend(xs) * cotangent).Sum().SumOverTime().Gradient(xs);

    [Learn] static Loss Weights([Shape(6), Time("t")] Sequence xs, [Shape(6), Time("t")] Sequence cotangent) => (Attend(xs) * cotangent).Sum().SumOverTime();
}

public sealed class SelfAttentionTests
{
    [Fact]
    public void Results_and_gradients_are_PyTorchs()
    {
        var file = new Fixture("self_attention");
        float[] Of(string key) => [.. file[key].Select(v => (float)v)];
        using var net = new TwoHeads(batch: 4);
        using var training = net.Train(new Sgd(0), batch: 4, threads: 1);
        foreach (var parameter in net.AllParameters) parameter.CopyFrom(Of("initial/" + parameter.Name));
        var (x, cotangent, lengths) = (Of("x"), Of("cotangent"), file["lengths"].Select(v => (int)v).ToArray());
        var (y, gradient) = (new float[x.Length], new float[x.Length]);
        net.Attend(x, lengths, y);
        Close(file["y"], y);
        net.Gradient(x, lengths, cotangent, gradient);
        Close(file["gradient/x"], gradient);
        training.WeightsGradients(x, lengths, cotangent);
        foreach (var parameter in net.AllParameters) Close(file["gradient/" + parameter.Name], training.Gradients[parameter.Name].ToArray());
    }

    private static void Close(double[] expected, float[] actual)
    {
        var scale = expected.Select(Math.Abs).Max();
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * Math.Max(1, scale));
    }
}
