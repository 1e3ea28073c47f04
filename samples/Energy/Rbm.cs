namespace Kiln.Samples.Energy;

/// <summary>
/// A restricted Boltzmann machine (Smolensky 1986): pixels v and hidden units h are 0 or 1, and p(v, h) is in proportion to exp(−E), E = −v·a − h·b − vᵀWh.
/// Given one layer, the units of the other are independent.
/// </summary>
/// <param name="visible">Pixels.</param>
/// <param name="hidden">Hidden units.</param>
public sealed class Rbm(int visible, int hidden) : Layer
{
    public readonly Parameter Weight = new(visible, hidden) { Initializer = Initializer.Normal, Scale = 0.01 }, VisibleBias = new(visible), HiddenBias = new(hidden);

    /// <summary>P(h = 1 | v).</summary>
    public override Tensor Apply(Tensor v) => (v.MatMul(Weight) + HiddenBias).Sigmoid();

    /// <summary>The logits of P(v = 1 | h).</summary>
    public Tensor Down(Tensor h) => h.MatMul(Weight.Transpose()) + VisibleBias;

    /// <summary>Draws the hidden units given the pixels, then the pixels given these, over and over.</summary>
    public Tensor Gibbs(Tensor v, int sweeps)
    {
        for (var k = 0; k < sweeps; k++) v = Down(Apply(v).Bernoulli()).Sigmoid().Bernoulli();
        return v;
    }

    /// <summary>F(v) = −log Σₕ exp(−E(v, h)): p(v) is in proportion to exp(−F).</summary>
    public Tensor FreeEnergy(Tensor v) => -(v * VisibleBias).Sum() - (v.MatMul(Weight) + HiddenBias).Softplus().Sum();

    /// <summary>The step that makes the data more likely and the model's own samples less (Hinton 2002).</summary>
    public Update Contrast(Tensor data, Tensor model)
    {
        var (ofData, ofModel) = (Apply(data), Apply(model));
        return Update.Of(Weight, data.Outer(ofData) - model.Outer(ofModel)) + Update.Of(VisibleBias, data - model) + Update.Of(HiddenBias, ofData - ofModel);
    }
}

/// <summary>The machine over the 784 pixels of a digit, which are black or white, cut at one half.</summary>
[Network]
public sealed partial class DigitRbm
{
    static readonly Rbm Machine = new(784, 500);

    /// <summary>A chain for each digit of a batch, which never begins anew. At first each pixel is 0 or 1 alike.</summary>
    static readonly State Chain = new(784) { Initial = 0.5 };

    /// <summary>CD-1: the model's sample is one sweep away from the digit.</summary>
    [Learn]
    static (Update Step, Tensor Reconstruction) OneSweep([Bytes, Shape(784)] Tensor x) => Learn(x > 0.5, 1);

    /// <summary>CD-20: twenty sweeps.</summary>
    [Learn]
    static (Update Step, Tensor Reconstruction) TwentySweeps([Bytes, Shape(784)] Tensor x) => Learn(x > 0.5, 20);

    /// <summary>
    /// PCD-1: the model's sample is one sweep further along a chain that went on through all steps of the training (T. Tieleman: Training restricted Boltzmann machines using approximations to the
    /// likelihood gradient. 2008).
    /// </summary>
    [Learn]
    static (Update Step, Tensor Reconstruction) Persistent([Bytes, Shape(784)] Tensor x)
    {
        var (v, model) = (x > 0.5, Machine.Gibbs(Chain, 1));
        Chain.Assign(model);
        return (Machine.Contrast(v, model), Reconstruction(v));
    }

    /// <summary>How well the machine knows a digit: its free energy, and the cross-entropy of its pixels with what the hidden units' means make of it.</summary>
    [Predict]
    static (Tensor FreeEnergy, Tensor Reconstruction) Measure([Bytes, Shape(784)] Tensor x)
    {
        var v = x > 0.5;
        return (Machine.FreeEnergy(v), Reconstruction(v));
    }

    /// <summary>Ten sweeps of a chain: where it is, and the means of the pixels that were drawn last.</summary>
    [Predict]
    static (Tensor Pixels, Tensor Means) Dream([Shape(784)] Tensor pixels)
    {
        var means = Machine.Down(Machine.Apply(Machine.Gibbs(pixels, 9)).Bernoulli()).Sigmoid();
        return (means.Bernoulli(), means);
    }

    static (Update, Tensor) Learn(Tensor v, int sweeps) => (Machine.Contrast(v, Machine.Gibbs(v, sweeps)), Reconstruction(v));

    static Tensor Reconstruction(Tensor v) => Machine.Down(Machine.Apply(v)).BinaryCrossEntropyWithLogits(v).Sum();
}
