using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Gpu.Tests.Ptx;

/// <summary>The barriers of tiles are as many as are needed: with all of them no thread reads what another has not written yet, and without one of them some do.</summary>
public unsafe class BarrierTests
{
    private const int LargeDepth = 256, LargeColumns = 256;

    [Theory]
    [InlineData("Kernel_Small", 20, 64, 16, false, 3)] // its last barrier is for results whose rows come first, which these are not
    [InlineData("Kernel_Large", 1024, LargeDepth, LargeColumns, true, 3)] // on tensor cores
    [InlineData("Kernel_Large", 1024, LargeDepth, LargeColumns, false, 3)] // those of small tiles are not met
    public void No_barrier_is_missing(string name, int rows, int depth, int columns, bool isRounded, int needed)
    {
        var ptx = Bench.Compile(isRounded ? typeof(PtxTests.RoundedProduct) : typeof(PtxTests.Product)).Ptx;
        Run(ptx);
        var kernel = ptx.IndexOf($".entry {name}(", StringComparison.Ordinal);
        var end = ptx.IndexOf("\n}", kernel, StringComparison.Ordinal);
        var races = 0;
        foreach (Match barrier in Regex.Matches(ptx[kernel..end], @"bar\.sync\s+0;"))
        {
            try
            {
                Run(ptx.Remove(kernel + barrier.Index, barrier.Length));
            }
            catch (PtxException error)
            {
                Assert.Contains("a race: byte", error.Message);
                races++;
            }
        }
        Assert.Equal(needed, races);

        // The first group.
        void Run(string text)
        {
            float[] x = Same.Random((rows + 15) / 16 * 16 * depth), w = Same.Random(depth * columns), y = new float[(rows + 15) / 16 * 16 * columns];
            fixed (float* px = x, pw = w, py = y)
            {
                var parameters = new byte[52];
                foreach (var (address, at) in new[] { ((ulong)px, 0), ((ulong)pw, 16), ((ulong)py, 32) }) MemoryMarshal.Write(parameters.AsSpan(at), address);
                MemoryMarshal.Write(parameters.AsSpan(48), rows);
                var memory = new DeviceMemory([((ulong)px, (ulong)x.Length * 4), ((ulong)pw, (ulong)w.Length * 4), ((ulong)py, (ulong)y.Length * 4)]);
                Machine.Run(Module.Read(text)[name], new Launch(1, 128, parameters, memory, Races: null));
            }
        }
    }
}
