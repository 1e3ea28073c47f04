using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Kiln.Kernels;

namespace Kiln.Benchmarks;

/// <summary>The functions of <see cref="VectorMath"/> over a block that fits the L1 cache, at every width of the processor.</summary>
public unsafe class Mathematics
{
    private const int Count = 4096;

    private float* _source, _target;

    /// <summary>Width of the vectors.</summary>
    [ParamsSource(nameof(Widths))]
    public int Bits { get; set; }

    public static IEnumerable<int> Widths => new[] { 128, 256, 512 }.Where(bits => bits <= Processor.WidestVectorBits);

    [GlobalSetup]
    public void Prepare()
    {
        _source = (float*)NativeMemory.AlignedAlloc(Count * sizeof(float), 64);
        _target = (float*)NativeMemory.AlignedAlloc(Count * sizeof(float), 64);
        for (var i = 0; i < Count; i++)
            _source[i] = 0.01f + 8f * i / Count;
    }

    [GlobalCleanup]
    public void Free()
    {
        NativeMemory.AlignedFree(_source);
        NativeMemory.AlignedFree(_target);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Exp() => Run<ExpFunction>();

    [Benchmark(OperationsPerInvoke = Count)]
    public void Log() => Run<LogFunction>();

    [Benchmark(OperationsPerInvoke = Count)]
    public void Tanh() => Run<TanhFunction>();

    [Benchmark(OperationsPerInvoke = Count)]
    public void Sigmoid() => Run<SigmoidFunction>();

    private interface IFunction
    {
        static abstract V Of<V>(V x) where V : struct, IVector<V>;
    }

    private readonly struct ExpFunction : IFunction
    {
        public static V Of<V>(V x) where V : struct, IVector<V> => VectorMath.Exp(x);
    }

    private readonly struct LogFunction : IFunction
    {
        public static V Of<V>(V x) where V : struct, IVector<V> => VectorMath.Log(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static V Of<V>(V x) where V : struct, IVector<V> => VectorMath.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public static V Of<V>(V x) where V : struct, IVector<V> => VectorMath.Sigmoid(x);
    }

    private void Run<F>() where F : IFunction
    {
        if (Bits == 512)
            Map<F, V512>();
        else if (Bits == 256)
            Map<F, V256>();
        else
            Map<F, V128>();
    }

    private void Map<F, V>() where F : IFunction where V : struct, IVector<V>
    {
        for (var i = 0; i < Count; i += V.Count)
            F.Of(V.Load(_source + i)).Store(_target + i);
    }
}
