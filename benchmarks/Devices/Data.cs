namespace Kiln.GpuBenchmark;

/// <summary>Images and labels that are drawn here: what a step costs does not depend on them.</summary>
internal static class Data
{
    public static (byte[] Images, int[] Labels) Rows(int rows, int features)
    {
        var random = new Random(1);
        var images = new byte[rows * features];
        random.NextBytes(images);
        return (images, [.. Enumerable.Range(0, rows).Select(_ => random.Next(10))]);
    }
}
