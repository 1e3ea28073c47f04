namespace Kiln;

public partial class Sequence
{
    /// <summary>
    /// Each step with its neighbours, [size, ...step]: y[t, k] = x[stride · t + dilation · (k − (size − 1) / 2)], and zeros beyond the sample's ends. Of T steps ⌈T / stride⌉
    /// are left.
    /// </summary>
    /// <param name="size">Steps of a window, at least 1.</param>
    /// <param name="stride">How far the window moves at a time, at least 1.</param>
    /// <param name="dilation">The distance between the steps of a window, at least 1.</param>
    public Sequence Window(int size, int stride = 1, int dilation = 1) => No;
}
