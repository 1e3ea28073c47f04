namespace Kiln.Data.Augmentations;

/// <summary>A normal number added to every pixel.</summary>
internal sealed record Noise(float Deviation) : PixelStep
{
    public override void Apply(Canvas canvas, in Draws draws)
    {
        var pixels = canvas.Pixels;
        var noise = canvas.Spare;
        draws.Normal(noise);
        for (var i = 0; i < pixels.Length; i++) pixels[i] += Deviation * noise[i];
    }
}

/// <summary>One number added to all pixels.</summary>
internal sealed record Brightness(float Most) : PixelStep
{
    public override void Apply(Canvas canvas, in Draws draws)
    {
        var more = draws.Between(-Most, Most);
        foreach (ref var pixel in canvas.Pixels) pixel += more;
    }
}

/// <summary>The distance from the image's mean multiplied.</summary>
internal sealed record Contrast(float From, float To) : PixelStep
{
    public override void Apply(Canvas canvas, in Draws draws)
    {
        var factor = draws.Between(From, To);
        var sum = 0.0;
        foreach (var pixel in canvas.Pixels) sum += pixel;
        var mean = (float)(sum / canvas.Pixels.Length);
        foreach (ref var pixel in canvas.Pixels) pixel = mean + factor * (pixel - mean);
    }
}

/// <summary>A rectangle covered.</summary>
internal sealed record Erasing(float Probability, float From, float To, float Value) : PixelStep
{
    private const float Slimmest = 0.3f;

    public override void Apply(Canvas canvas, in Draws draws)
    {
        Span<float> drawn = stackalloc float[6];
        draws.Uniform(drawn);
        if (drawn[0] >= Probability) return;
        var area = (From + drawn[1] * (To - From)) * canvas.Height * canvas.Width;
        var ratio = Slimmest + drawn[2] * (1 - Slimmest);
        if (drawn[3] < 0.5f) ratio = 1 / ratio;
        var height = Side(MathF.Sqrt(area * ratio), canvas.Height);
        var width = Side(MathF.Sqrt(area / ratio), canvas.Width);
        var (top, left) = ((int)(drawn[4] * (canvas.Height - height + 1)), (int)(drawn[5] * (canvas.Width - width + 1)));
        var rows = canvas.Pixels.Length / canvas.Width;
        for (var plane = 0; plane < rows; plane += canvas.Height)
        {
            for (var row = top; row < top + height; row++)
                canvas.Pixels.Slice((plane + row) * canvas.Width + left, width).Fill(Value);
        }
    }

    private static int Side(float length, int most) => Math.Min((int)MathF.Round(length), most);
}
