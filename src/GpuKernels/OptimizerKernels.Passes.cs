using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

// What optimizers do besides their formulas.
internal static unsafe partial class OptimizerKernels
{
    /// <summary>Clips and scales a parameter's gradient, and adds normal noise: four elements in a thread.</summary>
    /// <param name="gradient">Where the parameter's begins.</param>
    /// <param name="length">Elements.</param>
    /// <param name="storage"><see cref="ParameterStorage"/>.</param>
    /// <param name="depth">Rows of its panels.</param>
    /// <param name="columns">Columns of its panels.</param>
    /// <param name="pixels">Height × width of a convolution's kernel.</param>
    /// <param name="stream">The stream of the parameter's name.</param>
    /// <param name="seedLow">Seed.</param>
    /// <param name="seedHigh">Seed.</param>
    /// <param name="stepLow">Step.</param>
    /// <param name="stepHigh">Step.</param>
    /// <param name="limit">Gradients are clipped to ±this,</param>
    /// <param name="factor">and multiplied by this.</param>
    /// <param name="deviation">Of the noise.</param>
    public static void Noise(ArrayView<float> gradient, int length, int storage, int depth, int columns, int pixels, int stream, int seedLow, int seedHigh, int stepLow, int stepHigh, float limit, float factor, float deviation)
    {
        var first = 4 * Threads.Index;
        if (first >= length) return;
        var noise = Philox.Normal(Philox.Draw((uint)Threads.Index, (uint)seedLow, (uint)seedHigh, (uint)stream, (uint)stepLow, (uint)stepHigh, 0, 0));
        AddNoise(gradient, Place(first, storage, depth, columns, pixels), noise.A, limit, factor, deviation);
        if (first + 1 < length) AddNoise(gradient, Place(first + 1, storage, depth, columns, pixels), noise.B, limit, factor, deviation);
        if (first + 2 < length) AddNoise(gradient, Place(first + 2, storage, depth, columns, pixels), noise.C, limit, factor, deviation);
        if (first + 3 < length) AddNoise(gradient, Place(first + 3, storage, depth, columns, pixels), noise.D, limit, factor, deviation);
    }

    private static void AddNoise(ArrayView<float> gradient, int at, float noise, float limit, float factor, float deviation)
    {
        var value = Lane.Load(gradient, at);
        var (low, high) = (Lane.Broadcast(-limit), Lane.Broadcast(limit));
        var clipped = Lane.SelectGreater(low, value, low, Lane.SelectGreater(value, high, high, value));
        gradient[at] = clipped.Value * factor + deviation * noise;
    }

    /// <summary>Where an element of a parameter is stored: see <see cref="ParameterInfo.StorageIndex"/>.</summary>
    private static int Place(int element, int storage, int depth, int columns, int pixels)
    {
        if (storage == (int)ParameterStorage.Panels) return Layouts.PanelIndex(element / columns, element % columns, depth, columns);
        if (storage == (int)ParameterStorage.TransposedPanels) return Layouts.PanelIndex(element % depth, element / depth, depth, columns);
        if (storage == (int)ParameterStorage.ConvolutionPanels) return Layouts.PanelIndex(element % pixels * (depth / pixels) + element / pixels % (depth / pixels), element / depth, depth, columns);
        return element;
    }

    /// <summary>Scales the columns of panels down to a Euclidean norm, where they are longer: a column in a thread, its rows ascending.</summary>
    public static void LimitNorms(ArrayView<float> panels, int depth, int columns, float limit)
    {
        var column = Threads.Index;
        if (column >= Layouts.Padded(columns)) return;
        var first = Layouts.PanelIndex(0, column, depth, columns);
        var width = depth == 1 ? 0 : Layouts.PanelIndex(1, column, depth, columns) - first;
        var sum = Lane.Zero;
        for (var row = 0; row < depth; row++)
        {
            var weight = Lane.Load(panels, first + row * width);
            sum = Lane.MultiplyAdd(weight, weight, sum);
        }
        var (norm, longest) = (Lane.Sqrt(sum), Lane.Broadcast(limit));
        var factor = Lane.SelectGreater(norm, longest, longest / norm, Lane.Broadcast(1));
        for (var row = 0; row < depth; row++) (Lane.Load(panels, first + row * width) * factor).Store(panels, first + row * width);
    }

    /// <summary>The sums of the squares of clipped and scaled gradients, of 4096 each: 16 chains in a thread each, then the tree.</summary>
    public static void Norm(ArrayView<float> gradients, ArrayView<float> partials, int count, float limit, float scale)
    {
        var chunk = Threads.Index / 16;
        var end = IntrinsicMath.Min((chunk + 1) * GradientNorm.Chunk, count);
        var (low, high, factor) = (Lane.Broadcast(-limit), Lane.Broadcast(limit), Lane.Broadcast(scale));
        var sum = Lane.Zero;
        for (var i = chunk * GradientNorm.Chunk + Threads.Index % 16; i < end; i += 16)
        {
            var gradient = Lane.Max(low, Lane.Min(high, Lane.Load(gradients, i))) * factor;
            sum = Lane.MultiplyAdd(gradient, gradient, sum);
        }
        var chains = SharedMemory.Allocate<float>(Threads.Group);
        chains[Group.IdxX] = sum.Value;
        Group.Barrier();
        if (Group.IdxX % 16 == 0 && chunk * GradientNorm.Chunk < count) partials[chunk] = Sums.Tree(chains, Group.IdxX, 1);
    }

    /// <summary>The flag becomes 1 where the square of a gradient is not a finite number.</summary>
    public static void Finite(ArrayView<float> gradients, ArrayView<int> flag, int count)
    {
        var i = Threads.Index;
        if (i >= count) return;
        var square = gradients[i] * gradients[i];
        if ((Interop.FloatAsInt(square) & 0x7F800000u) == 0x7F800000u) flag[0] = 1;
    }
}
