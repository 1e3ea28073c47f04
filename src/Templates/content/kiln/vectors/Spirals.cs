/// <summary>Data that the program makes itself: points on three spiral arms, with some noise. Replace it by your own.</summary>
public static class Spirals
{
    /// <summary>Two coordinates for each point, one after another, and the arm it lies on: 0, 1 or 2.</summary>
    public static (float[] Points, int[] Arms) Generate(int count, int seed)
    {
        var random = new Random(seed);
        var (points, arms) = (new float[2 * count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            arms[i] = random.Next(3);
            var radius = random.NextDouble();
            var angle = 2 * Math.PI * (arms[i] / 3.0 + radius) + 0.2 * (random.NextDouble() - 0.5);
            points[2 * i] = (float)(radius * Math.Cos(angle));
            points[2 * i + 1] = (float)(radius * Math.Sin(angle));
        }

        return (points, arms);
    }
}
