using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Normal noise on gradients, whose variance falls with the steps: η / (1 + t)^γ at step t, from 0 (Neelakantan, Vilnis, Le, Sutskever, Kaiser, Kurach, Martens 2015). It is
/// a function of the seed, the parameter's name, the step and the element, so that a training that is resumed goes on with the same noise.
/// </summary>
/// <param name="variance">η, above 0: 0.01, 0.3 and 1 in the paper.</param>
/// <param name="decay">γ, at least 0; 0.55 in the paper.</param>
/// <param name="seed">Chooses the noise.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
public sealed unsafe class GradientNoise(double variance = 0.3, double decay = 0.55, Seed seed = default)
{
    /// <summary>η, the variance at the first step.</summary>
    public double Variance { get; } = variance > 0 && double.IsFinite(variance) ? variance : throw new ArgumentOutOfRangeException(nameof(variance), variance, "variance must be above 0 and finite.");

    /// <summary>γ, the power by which the variance falls.</summary>
    public double Decay { get; } = decay >= 0 && double.IsFinite(decay) ? decay : throw new ArgumentOutOfRangeException(nameof(decay), decay, "decay must be at least 0 and finite.");

    /// <summary>Chooses the noise.</summary>
    public ulong Seed { get; } = seed.Value;

    /// <summary>The standard deviation at a step.</summary>
    /// <param name="step">Steps taken before, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double DeviationAt(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Math.Sqrt(Variance / Math.Pow(1 + (double)step, Decay));
    }

    /// <summary>Clips and scales the gradients, and adds the noise.</summary>
    internal void Add(float* gradients, float limit, float factor, OptimizerState state, ReadOnlySpan<ParameterRange> ranges)
    {
        var flat = state.NoiseRoom();
        var stored = flat + state.LargestFloats;
        for (var p = 0; p < state.Parameters.Length; p++)
        {
            if (!state.Contains(ranges, p)) continue;
            var parameter = state.Parameters[p];
            // The step has been counted.
            var step = state.Steps[p] - 1;
            Philox.FillNormalRows<V128>(flat, parameter.Length, Seed, Philox.StreamOf(parameter.Name), (ulong)step, 0);
            // By way of the storage, whose pads stay zero: panels are packed with theirs, a flat one has none among its elements.
            parameter.Pack(flat, stored);
            var floats = parameter.Storage == ParameterStorage.Flat ? parameter.Length : parameter.Floats;
            var deviation = (float)DeviationAt(step);
            var gradient = gradients + parameter.Offset;
            for (var i = 0L; i < floats; i++) gradient[i] = Math.Clamp(gradient[i], -limit, limit) * factor + deviation * stored[i];
        }
    }
}
