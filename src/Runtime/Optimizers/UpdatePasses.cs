namespace Kiln.Kernels;

/// <summary>
/// Where the passes of an optimizer's step run: over memory of the CPU, shared among threads, or over that of a device. The addresses in <see cref="UpdateArguments"/> are of the one or the
/// other; schedules, segments and corrections are computed on the CPU for both.
/// </summary>
internal abstract unsafe class UpdatePasses
{
    /// <summary>The threads; null on a device.</summary>
    public virtual Workers? Workers => null;

    /// <summary>Runs a formula over the segments, on a device.</summary>
    public abstract void Run(UpdateKernel kernel, ref UpdateArguments arguments);

    /// <summary>Where a block of an optimizer's state is.</summary>
    public abstract float* Place(ParameterBlock block);

    /// <summary>Where a slot is; null where the optimizer has fewer.</summary>
    public float* Place(OptimizerState state, int slot) => slot < state.Slots.Count ? Place(state.Slots[slot]) : null;

    /// <summary>The Euclidean norm of clipped gradients: <see cref="GradientNorm"/>.</summary>
    public abstract double Norm(float* gradients, float limit, ReadOnlySpan<ParameterRange> ranges);

    /// <summary>Clips and scales the gradients, and adds noise.</summary>
    public abstract void AddNoise(GradientNoise noise, float* gradients, float limit, float factor, OptimizerState state, ReadOnlySpan<ParameterRange> ranges);

    /// <summary>Limits the norm of each unit's incoming weights: <see cref="VectorNorms"/>.</summary>
    public abstract void LimitNorms(float* parameters, ParameterInfo[] table, ReadOnlySpan<ParameterRange> ranges, float limit);

    /// <summary>Sets floats to zero.</summary>
    public abstract void Clear(float* values, long floats);
}

/// <summary>The passes of a step over memory of the CPU.</summary>
internal sealed unsafe class WorkerPasses(Workers workers) : UpdatePasses
{
    public override Workers Workers => workers;

    public override void Run(UpdateKernel kernel, ref UpdateArguments arguments) => throw new InvalidOperationException("Formulas run on threads.");

    public override float* Place(ParameterBlock block) => block.Pointer;

    public override double Norm(float* gradients, float limit, ReadOnlySpan<ParameterRange> ranges) => GradientNorm.Compute(gradients, limit, ranges, workers);

    public override void AddNoise(GradientNoise noise, float* gradients, float limit, float factor, OptimizerState state, ReadOnlySpan<ParameterRange> ranges) => noise.Add(gradients, limit, factor, state, ranges);

    public override void LimitNorms(float* parameters, ParameterInfo[] table, ReadOnlySpan<ParameterRange> ranges, float limit) => VectorNorms.Limit(parameters, table, ranges, limit, workers);

    public override void Clear(float* values, long floats) => new Span<float>(values, checked((int)floats)).Clear();
}
