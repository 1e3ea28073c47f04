namespace Kiln.Samples.Programs;

/// <summary>The decoder is the encoder's weight, transposed; few units of the code are active at a time.</summary>
[Network]
public sealed partial class SparseAutoEncoder
{
    static readonly Dense Code = new(256), Decoder = Code.Transposed();

    [Predict]
    static Tensor Encode([Shape(784)] Tensor x) => Code.Apply(x).Relu();

    [Predict]
    static Tensor Rebuild([Shape(784)] Tensor x) => Decoder.Apply(Encode(x)).Sigmoid();

    [Learn]
    static (Loss Total, Tensor Active) Learn([Shape(784)] Tensor x)
    {
        var code = Encode(x);
        return (Decoder.Apply(code).BinaryCrossEntropyWithLogits(x).Sum() + 0.1 * code.Abs().Sum(), (code > 0).Sum());
    }

    internal static void Run(Sample sample)
    {
        using var net = new SparseAutoEncoder(seed: 1, Sample.Batch);
        using var training = net.Train(new Adam(1e-3), Sample.Batch);
        sample.Learn(2000, "loss", () => training.Learn(sample.Images).Total);
        var rebuilt = new float[Sample.Batch * Sample.Pixels];
        net.Rebuild(sample.Images, rebuilt);
        sample.Write([.. sample.Images[..(10 * Sample.Pixels)], .. rebuilt[..(10 * Sample.Pixels)]]);
    }
}
