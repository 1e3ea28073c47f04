namespace Kiln.Samples.Programs;

/// <summary>
/// Rifai, Vincent, Muller, Glorot, Bengio 2011: the loss contains ‖∂code/∂input‖², which is written as that; the compiler
/// differentiates it once more to learn.
/// </summary>
[Network]
public sealed partial class ContractiveAutoEncoder
{
    static readonly Dense Code = new(64), Decoder = Code.Transposed();

    [Predict]
    static Tensor Encode([Shape(784)] Tensor x) => Code.Apply(x).Sigmoid();

    [Predict]
    static Tensor Rebuild([Shape(784)] Tensor x) => Decoder.Apply(Encode(x)).Sigmoid();

    [Learn]
    static (Loss Total, Tensor Jacobian) Learn([Shape(784)] Tensor x)
    {
        var code = Encode(x);
        var jacobian = code.Gradient(x).Square().Sum();
        return (Decoder.Apply(code).BinaryCrossEntropyWithLogits(x).Sum() + 0.1 * jacobian, jacobian);
    }

    internal static void Run(Sample sample)
    {
        using var net = new ContractiveAutoEncoder(seed: 1, Sample.Batch);
        using var training = net.Train(new Adam(1e-3), Sample.Batch);
        sample.Learn(1000, "loss", () => training.Learn(sample.Images).Total);
        var rebuilt = new float[Sample.Batch * Sample.Pixels];
        net.Rebuild(sample.Images, rebuilt);
        sample.Write([.. sample.Images[..(10 * Sample.Pixels)], .. rebuilt[..(10 * Sample.Pixels)]]);
    }
}
