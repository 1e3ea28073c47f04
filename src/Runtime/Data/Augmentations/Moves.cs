using Kiln.Kernels;

namespace Kiln.Data.Augmentations;

/// <summary>A distance up to the greatest in each direction.</summary>
internal sealed record Shift(float Most, bool Whole) : MoveStep
{
    public override void Move(Canvas canvas, in Draws draws)
    {
        Span<float> drawn = stackalloc float[2];
        draws.Uniform(drawn);
        foreach (ref var distance in drawn)
            distance = Whole ? MathF.Floor(distance * (2 * Most + 1)) - Most : (2 * distance - 1) * Most;
        canvas.Transform(1, 0, -drawn[0], 0, 1, -drawn[1]);
    }
}

/// <summary>The same distance for all.</summary>
internal sealed record Displacement(float Down, float Right) : MoveStep
{
    public override void Move(Canvas canvas, in Draws draws) => canvas.Transform(1, 0, -Down, 0, 1, -Right);
}

/// <summary>Top and bottom exchanged, or left and right.</summary>
internal sealed record Flip(float Probability, bool Rows) : MoveStep
{
    public override void Move(Canvas canvas, in Draws draws)
    {
        if (draws.Happens(Probability)) canvas.Transform(Rows ? -1 : 1, 0, 0, 0, Rows ? 1 : -1, 0);
    }
}

/// <summary>Larger or smaller about the centre.</summary>
internal sealed record Scaling(float From, float To) : MoveStep
{
    public override void Move(Canvas canvas, in Draws draws)
    {
        var inverse = 1 / draws.Between(From, To);
        canvas.Transform(inverse, 0, 0, 0, inverse, 0);
    }
}

/// <summary>Counterclockwise about the centre, in degrees.</summary>
internal sealed record Rotation(float From, float To) : MoveStep
{
    public override void Move(Canvas canvas, in Draws draws)
    {
        var (sine, cosine) = SineAndCosine(draws.Between(From, To));
        // What turns left comes from the right: the place of a pixel is the pixel turned back, and rows count downwards.
        canvas.Transform(cosine, sine, 0, -sine, cosine, 0);
    }

    /// <summary>Exact at multiples of a right angle, and the same on every machine.</summary>
    private static unsafe (float Sine, float Cosine) SineAndCosine(float degrees)
    {
        var turns = MathF.Round(degrees / 90);
        var radians = V32.Broadcast((degrees - 90 * turns) * (MathF.PI / 180));
        float sine, cosine;
        VectorMath.Sin(radians).Store(&sine);
        VectorMath.Cos(radians).Store(&cosine);
        return ((int)turns & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
