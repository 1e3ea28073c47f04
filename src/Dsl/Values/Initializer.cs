namespace Kiln;

/// <summary>How a parameter's initial values are drawn. They depend on the seed and the parameter's name only.</summary>
public enum Initializer
{
    /// <summary>Weights of layers: <see cref="HeUniform"/>. A <see cref="Parameter"/> with at least two axes larger than 1: <see cref="GlorotUniform"/>. All others, and biases: zeros.</summary>
    Default,

    /// <summary>0.</summary>
    Zeros,

    /// <summary>1.</summary>
    Ones,

    /// <summary>Normal, mean 0, deviation 1.</summary>
    Normal,

    /// <summary>Uniform in [−1, 1).</summary>
    Uniform,

    /// <summary>Normal, mean 0, deviation 1, cut off at ±2.</summary>
    TruncatedNormal,

    /// <summary>Uniform in ±√(6 / (fan in + fan out)). Glorot and Bengio 2010.</summary>
    GlorotUniform,

    /// <summary>Normal with variance 2 / (fan in + fan out). Glorot and Bengio 2010.</summary>
    GlorotNormal,

    /// <summary>Normal with variance 2 / fan in. He et al. 2015.</summary>
    HeNormal,

    /// <summary>Uniform in ±√(6 / fan in). He et al. 2015.</summary>
    HeUniform,

    /// <summary>Normal with variance 1 / fan in. LeCun et al. 1998.</summary>
    LeCunNormal,

    /// <summary>A random matrix with orthonormal rows or columns, whichever are fewer. Saxe et al. 2014.</summary>
    Orthogonal,

    /// <summary>1 on the diagonal, 0 elsewhere.</summary>
    Identity,
}
