namespace Kiln;

public partial class Sequence
{
    /// <summary>Each step with those before it, [size, ...step], the step itself last: y[t, k] = x[t − dilation · (size − 1 − k)], and zeros before the start.</summary>
    /// <param name="size">Steps of a window, at least 1.</param>
    /// <param name="dilation">The distance between the steps of a window, at least 1.</param>
    public Sequence CausalWindow(int size, int dilation = 1) => No;
}
