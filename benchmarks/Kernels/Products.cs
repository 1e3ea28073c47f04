using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Kiln.Kernels;

namespace Kiln.Benchmarks;

/// <summary>The products of a dense layer of 256 inputs and 256 units, for several batches.</summary>
public unsafe class Products
{
    private const int Depth = 256, Columns = 256;

    private float* _x, _w, _transposed, _y;

    /// <summary>Rows of the batch.</summary>
    [Params(1, 16, 64, 256)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _x = Floats(Rows * Depth);
        _w = Floats(Depth * Columns);
        _transposed = Floats(Depth * Columns);
        _y = Floats(Rows * Columns);
    }

    [GlobalCleanup]
    public void Free()
    {
        foreach (var block in new[] { (nint)_x, (nint)_w, (nint)_transposed, (nint)_y })
            NativeMemory.AlignedFree((void*)block);
    }

    [Benchmark]
    public void Forward() => DenseTiles.Multiply<V256>(_x, Depth, 1, _w, _y, Columns, Rows, Depth, Columns);

    [Benchmark]
    public void DataGradient()
    {
        DenseTiles.TransposePanels(_w, _transposed, Depth, Columns);
        DenseTiles.Multiply<V256>(_y, Columns, 1, _transposed, _x, Depth, Rows, Columns, Depth);
    }

    [Benchmark]
    public void WeightGradient() =>
        DenseTiles.WeightGradient<V256>([new(_x, 16 * Depth, Depth, 1, _w, Depth)], _y, Columns, Rows, Columns, 0, DenseTiles.WeightGradientItems(Depth, Columns));

    private static float* Floats(int count)
    {
        var block = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        new Span<float>(block, count).Fill(0.01f);
        return block;
    }
}
