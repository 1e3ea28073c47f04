using Kiln.Generators.Kernels;
using Networks.Tests;
using Xunit;

namespace Gpu.Tests;

/// <summary>Random networks on the device: they agree with the double-precision evaluator, and have the bits of the CPU's kernels.</summary>
public class RandomNetworkTests
{
    private const int PerGroup = 10;

    [DeviceTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void Programs_agree_with_the_reference_and_have_the_bits_of_the_CPU(int group)
    {
        var networks = Enumerable.Range(group * 30, 30).Select(seed => new RandomNetwork(seed)).Where(n => n.Shape.Length < 2).Take(PerGroup).Select(n => n.Network).ToArray();
        var (cpu, device) = (KernelHost.Compile(networks), DeviceHost.Compile(LayoutChoice.Cheapest, WinogradChoice.Cheapest, networks));
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
            foreach (var program in networks[i].Programs)
            {
                var seed = group * PerGroup + i;
                var rows = 1 + seed % 9 + (seed % 5 == 0 ? 15 : 0) + (seed % 7 == 0 ? 16 : 0);
                if (Comparison.Check(networks[i], device[i], program, rows, seed) is { } failure) failures.Add($"network {seed}, {program.Name}: {failure}");
                else if (!Comparison.Run(networks[i], cpu[i], program, rows, seed).SequenceEqual(Comparison.Run(networks[i], device[i], program, rows, seed))) failures.Add($"network {seed}, {program.Name}: other bits than on the CPU");
            }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
    }
}
