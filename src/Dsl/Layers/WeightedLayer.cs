namespace Kiln;

/// <summary>A layer with a weight and, unless <see cref="Bias"/> is false, a bias.</summary>
public abstract class WeightedLayer : Layer
{
    /// <summary>Whether a trained constant per unit or channel is added. Default: true.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>How the weight's initial values are drawn. Default: <see cref="Kiln.Initializer.HeUniform"/>.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>The weight's initial values are multiplied by this. Default: 1.</summary>
    public double InitializerScale { get; set; } = 1;

    /// <summary>
    /// How the bias's initial values are drawn, by the weight's fan in and fan out. Default: zeros. PyTorch's bias, uniform in ±1/√(fan in), is <see cref="Kiln.Initializer.HeUniform"/>
    /// with a <see cref="BiasInitializerScale"/> of 0.408 = √(1/6).
    /// </summary>
    public Initializer BiasInitializer { get; set; }

    /// <summary>The bias's initial values are multiplied by this. Default: 1.</summary>
    public double BiasInitializerScale { get; set; } = 1;

    /// <summary>λ of the penalty λ · Σ|w| on the weight, added to the loss of every program that trains it.</summary>
    public double L1 { get; set; }

    /// <summary>λ of the penalty λ · Σw² on the weight (gradient 2λw), added to the loss of every program that trains it.</summary>
    public double L2 { get; set; }

    /// <summary>The layer's weight, to use in expressions of one's own.</summary>
    public Parameter Weight => throw new BuildTimeOnly();

    /// <summary>The layer's bias, to use in expressions of one's own; an error where <see cref="Bias"/> is false.</summary>
    public Parameter BiasVector => throw new BuildTimeOnly();
}
