using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Networks.Tests;
using Xunit;

namespace Gpu.Tests;

/// <summary>
/// Random networks on the device: they agree with the double-precision evaluator, and have the bits of the CPU's kernels. OpenCL C takes long to compile: KILN_GPU_NETWORKS=200 runs
/// as many of each kind, instead of a few.
/// </summary>
public class RandomNetworkTests
{
    private const int PerCompilation = 10, Few = 3;

    /// <summary>The first of a run of the tests; 39 and 87 have other layouts for few rows on the CPU.</summary>
    private static readonly int[] Chosen = [0, 39, 87];

    private static int Networks { get; } = int.TryParse(Environment.GetEnvironmentVariable("KILN_GPU_NETWORKS"), out var count) ? count : Few;

    [DeviceFact]
    public void Programs_agree_with_the_reference_and_have_the_bits_of_the_CPU() => Check(Networks, number => Networks == Few ? Chosen[number] : number, seed => new RandomNetwork(seed).Network, Rows, (_, _, _) => TimeBatch.None);

    [DeviceFact]
    public void Programs_over_time_agree_with_the_reference_and_have_the_bits_of_the_CPU() =>
        Check(Networks, number => number, seed => new RandomTimeNetwork(seed).Network, seed => 1 + seed % 9, (program, rows, seed) => TimeBatch.Drawn(program, rows, 1 + seed % 5, seed));

    public static TheoryData<string, string, int, int, int> Layouts => Networks == Few
        ? new() { { "Mixed", "Always2", 18, 4, 6 } }
        : new() { { "Channels", "Always4", 17, 6, 9 }, { "Mixed", "Always2", 20, 5, 8 }, { "Channels", "Never", 18, 4, 16 }, { "Rows", "Never", 3, 3, 16 } };

    /// <summary>Blocks of deep networks with images in Channels, by the sum over taps and by Winograd's algorithm, and here and there.</summary>
    [DeviceTheory, MemberData(nameof(Layouts))]
    public void Images_in_every_layout_have_the_bits_of_the_CPU(string layout, string algorithm, int channels, int height, int width)
    {
        var (layouts, winograd) = (Enum.Parse<LayoutChoice>(layout), Enum.Parse<WinogradChoice>(algorithm));
        var network = new WideNetwork(channels, height, width).Network;
        var (cpu, device) = (KernelHost.Compile(layouts, winograd, network)[0], DeviceHost.Compile(layouts, winograd, network)[0]);
        foreach (var program in network.Programs)
        {
            Assert.Null(Comparison.Check(network, device, program, rows: 3, seed: 5));
            Assert.True(Comparison.Run(network, cpu, program, rows: 3, seed: 5).SequenceEqual(Comparison.Run(network, device, program, rows: 3, seed: 5)), program.Name);
        }
    }

    private static int Rows(int seed) => 1 + seed % 9 + (seed % 5 == 0 ? 15 : 0) + (seed % 7 == 0 ? 16 : 0);

    private static void Check(int count, Func<int, int> seedOf, Func<int, Network> create, Func<int, int> rowsOf, Func<Kiln.Generators.Graph.Program, int, int, TimeBatch> timeOf)
    {
        var failures = new List<string>();
        for (var first = 0; first < count; first += PerCompilation)
        {
            var networks = Enumerable.Range(first, Math.Min(PerCompilation, count - first)).Select(number => create(seedOf(number))).ToArray();
            var (cpu, device) = (KernelHost.Compile(networks), DeviceHost.Compile(LayoutChoice.Cheapest, WinogradChoice.Cheapest, networks));
            for (var i = 0; i < networks.Length; i++)
                foreach (var program in networks[i].Programs)
                {
                    var seed = seedOf(first + i);
                    var rows = rowsOf(seed);
                    var time = timeOf(program, rows, seed);
                    if (Comparison.Check(networks[i], device[i], program, rows, seed, time: time) is { } failure) failures.Add($"network {seed}, {program.Name}: {failure}");
                    else if (!Comparison.Run(networks[i], cpu[i], program, rows, seed, time: time).SequenceEqual(Comparison.Run(networks[i], device[i], program, rows, seed, time: time))) failures.Add($"network {seed}, {program.Name}: other bits than on the CPU");
                }
        }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
    }
}
