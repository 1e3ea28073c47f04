using Kiln.Kernels;

namespace Kiln.Data.Augmentations;

/// <summary>One change of an image.</summary>
internal abstract record AugmentationStep
{
    /// <summary>Floats of scratch memory that it needs for images of this size.</summary>
    public virtual int Scratch(int height, int width) => 0;
}

/// <summary>A change of where pixels lie: it moves the places that the result takes its pixels from.</summary>
internal abstract record MoveStep : AugmentationStep
{
    public abstract void Move(Canvas canvas, in Draws draws);
}

/// <summary>A change of what pixels are.</summary>
internal abstract record PixelStep : AugmentationStep
{
    public abstract void Apply(Canvas canvas, in Draws draws);
}

/// <summary>The random numbers of one step on one image in one epoch.</summary>
internal readonly record struct Draws(ulong Seed, uint Stream, ulong Epoch, ulong Sample)
{
    /// <summary>Uniform in [0, 1).</summary>
    public unsafe void Uniform(Span<float> numbers)
    {
        fixed (float* target = numbers) Philox.FillUniformRows(target, numbers.Length, Seed, Stream, Epoch, Sample);
    }

    /// <summary>Normal with mean 0 and deviation 1.</summary>
    public unsafe void Normal(Span<float> numbers)
    {
        fixed (float* target = numbers) Philox.FillNormalRows<V128>(target, numbers.Length, Seed, Stream, Epoch, Sample);
    }

    /// <summary>One number between two.</summary>
    public float Between(float from, float to)
    {
        Span<float> number = stackalloc float[1];
        Uniform(number);
        return from + number[0] * (to - from);
    }

    /// <summary>Whether an event of this probability happens.</summary>
    public bool Happens(float probability) => Between(0, 1) < probability;
}
