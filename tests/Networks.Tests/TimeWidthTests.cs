using Kiln.Generators.Graph;
using Kiln.Kernels;
using static Networks.Tests.TimeKernelTests;

namespace Networks.Tests;

/// <summary>Compiled kernels over time, on networks made by chance: the same bits however a batch is computed.</summary>
[Collection(nameof(Processor))]
public class TimeWidthTests
{
    /// <summary>At every vector width, on one thread and more, with steps that no sample has.</summary>
    [Fact]
    public void Width_threads_and_padding_do_not_change_a_bit()
    {
        var drawn = Enumerable.Range(1000, PerCompilation).Select(seed => new RandomTimeNetwork(seed)).ToArray();
        var networks = drawn.Select(d => d.Network).ToArray();
        var hosts = KernelHost.Compile(networks);
        var (failures, widest) = (new List<string>(), Processor.VectorBits);
        try
        {
            for (var i = 0; i < networks.Length; i++)
                foreach (var program in networks[i].Programs)
                {
                    var rows = Rows(i);
                    var time = TimeBatch.Drawn(program, rows, Longest(i), i);
                    Processor.VectorBits = widest;
                    var expected = Comparison.Run(networks[i], hosts[i], program, rows, i, 1, time);
                    foreach (var bits in new[] { 512, 256, 128 }.Where(bits => bits <= widest))
                        foreach (var (threads, more) in new[] { (1, 0), (2, 0), (3, 0), (1, 1), (2, 3) })
                        {
                            // A sum over the rows of a loop within a loop follows the steps of the inner axis.
                            if (more > 0 && program.Kind == ProgramKind.Learn && drawn[i].Kinds.Contains("loop in a loop")) continue;
                            Processor.VectorBits = bits;
                            if (!expected.SequenceEqual(Comparison.Run(networks[i], hosts[i], program, rows, i, threads, time.Padded(more)))) failures.Add($"network {1000 + i}, {program.Name}, {rows} rows: {bits} bits, {threads} threads, {more} more steps");
                        }
                }
        }
        finally
        {
            Processor.VectorBits = widest;
        }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
    }
}
