using BenchmarkDotNet.Attributes;
using Kiln.Kernels;

namespace Kiln.Benchmarks;

/// <summary>What it costs to share a stage among threads: an empty one.</summary>
public unsafe class Forks
{
    private Workers _workers = new(1);

    /// <summary>Threads that share the stage.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare() => _workers = new Workers(Threads);

    [GlobalCleanup]
    public void Stop() => _workers.Dispose();

    [Benchmark]
    public void ForkAndJoin() => _workers.Run(&Nothing, (void*)null, Threads);

    private static void Nothing(void* arguments, int first, int end)
    {
    }
}
