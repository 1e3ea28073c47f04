using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Networks.Tests;

/// <summary>Compiled kernels against the double-precision evaluator, on networks made by chance.</summary>
public class RandomNetworkTests
{
    private const int PerCompilation = 60, Groups = 4;

    // Compiling them takes most of the time: the first ones serve another test too.
    private static readonly Lazy<(RandomNetwork[] Networks, KernelHost[] Hosts)> First = new(() => Compiled(0));

    private static (RandomNetwork[] Networks, KernelHost[] Hosts) Compiled(int group)
    {
        var networks = Enumerable.Range(group * PerCompilation, PerCompilation).Select(seed => new RandomNetwork(seed)).ToArray();
        return (networks, KernelHost.Compile([.. networks.Select(n => n.Network)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Compiled_kernels_agree_with_the_reference(int group)
    {
        var (networks, hosts) = group == 0 ? First.Value : Compiled(group);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
        {
            var seed = group * PerCompilation + i;
            foreach (var program in networks[i].Network.Programs)
                if (Comparison.Check(networks[i].Network, hosts[i], program, rows: 1 + seed % 9 + (seed % 5 == 0 ? 15 : 0) + (seed % 7 == 0 ? 16 : 0), seed, threads: 1 + seed % 2) is { } failure) failures.Add($"network {seed}, {program.Name}: {failure}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {networks.Length}:\n{string.Join("\n", failures.Take(20))}");
    }

    [Fact]
    public void All_words_with_windows_are_drawn()
    {
        var drawn = Enumerable.Range(0, Groups * PerCompilation).SelectMany(seed => new RandomNetwork(seed).Windows).Distinct().Order();
        Assert.Equal(
            [
                "AdaptiveAveragePool2D", "AdaptiveMaxPool2D", "AveragePool1D", "AveragePool2D", "Conv1D", "Conv2D", "Conv3D", "ConvTransposed1D", "ConvTransposed2D",
                "LocallyConnected2D", "LpPool2D", "MaxPool1D", "MaxPool2D", "MaxPoolChannels", "Upsample2D", "WeightedAveragePool2D",
            ], drawn);
    }

    /// <summary>The same network with its images in Lanes, in Channels, in Rows and here and there: the same bits.</summary>
    [Fact]
    public void Layouts_do_not_change_a_bit()
    {
        var networks = Enumerable.Range(1000, 200).Select(seed => new RandomNetwork(seed)).Where(n => n.Shape.Length == 3).Take(36).ToArray();
        var lanes = KernelHost.Compile(LayoutChoice.Lanes, [.. networks.Select(n => n.Network)]);
        var failures = new List<string>();
        foreach (var choice in new[] { LayoutChoice.Channels, LayoutChoice.Rows, LayoutChoice.Mixed })
        {
            var hosts = KernelHost.Compile(choice, [.. networks.Select(n => n.Network)]);
            Assert.InRange(hosts.Count(h => h.Source.Contains("ChannelTiles.", StringComparison.Ordinal)), 5, networks.Length);
            for (var i = 0; i < networks.Length; i++)
            {
                var rows = 1 + i % 21;
                foreach (var program in networks[i].Network.Programs)
                {
                    if (choice == LayoutChoice.Channels && i % 4 == 0 && Comparison.Check(networks[i].Network, hosts[i], program, rows, i) is { } wrong) failures.Add($"network {i}, {program.Name}, {choice}: {wrong}");
                    var expected = Comparison.Run(networks[i].Network, lanes[i], program, rows, i);
                    var actual = Comparison.Run(networks[i].Network, hosts[i], program, rows, i, threads: 1 + i % 2);
                    if (!expected.SequenceEqual(actual)) failures.Add($"network {i}, {program.Name}, {rows} rows: {choice} differs from Lanes");
                }
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
    }

    /// <summary>Wherever it is possible, at sizes that the compiler would not choose it for: right, and the same bits whatever lies around it.</summary>
    [Theory]
    [InlineData(3, 9, 14)]
    [InlineData(40, 5, 13)]
    [InlineData(33, 3, 2)]
    [InlineData(17, 1, 9)]
    public void Winograds_algorithm_agrees_with_the_reference(int channels, int height, int width)
    {
        var network = new WideNetwork(channels, height, width).Network;
        foreach (var winograd in new[] { WinogradChoice.Always4, WinogradChoice.Always2 })
        {
            LayoutChoice[] choices = [LayoutChoice.Cheapest, LayoutChoice.Channels, LayoutChoice.Mixed];
            var hosts = choices.Select(choice => KernelHost.Compile(choice, winograd, network)[0]).ToArray();
            Assert.Contains("WinogradTiles.", hosts[0].Source);
            foreach (var program in network.Programs)
                foreach (var rows in new[] { 1, 19 })
                {
                    Assert.Null(Comparison.Check(network, hosts[0], program, rows, seed: 3));
                    var expected = Comparison.Run(network, hosts[0], program, rows, seed: 5);
                    for (var i = 1; i < choices.Length; i++)
                        Assert.True(expected.SequenceEqual(Comparison.Run(network, hosts[i], program, rows, seed: 5, threads: i)), $"{program.Name}, {rows} rows, {winograd}: {choices[i]} differs");
                }
        }
    }

    /// <summary>What is kept of the forward pass and what is computed again: the same bits, in no more memory.</summary>
    [Fact]
    public void Recomputation_does_not_change_a_bit()
    {
        var wide = new WideNetwork(40, 9, 11).Network;
        Network[] networks = [.. First.Value.Networks.Select(n => n.Network), wide];
        var recomputed = Array.ConvertAll(networks, Recomputed);
        KernelHost[] plain = [.. First.Value.Hosts, .. KernelHost.Compile(wide)], again = KernelHost.Compile(recomputed);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
        {
            var rows = 1 + i % 21;
            foreach (var (program, other) in networks[i].Programs.Zip(recomputed[i].Programs).Where(p => p.First.Kind == ProgramKind.Learn))
            {
                var expected = Comparison.Run(networks[i], plain[i], program, rows, i);
                var actual = Comparison.Run(recomputed[i], again[i], other, rows, i, threads: 1 + i % 2);
                if (!expected.SequenceEqual(actual)) failures.Add($"network {i}, {program.Name}, {rows} rows");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
        Assert.InRange(Enumerable.Range(0, networks.Length).Count(i => plain[i].Source != again[i].Source), 20, networks.Length);
    }

    private static Network Recomputed(Network network) => network with { Programs = network.Programs.Select(p => p with { Recompute = true }).ToEquatable() };

    [Theory]
    [InlineData(3, 13, 15)]
    [InlineData(40, 5, 21)]
    [InlineData(2, 16, 17)]
    [InlineData(5, 6, 24)]
    public void Blocks_of_deep_networks_agree_in_every_layout(int channels, int height, int width)
    {
        var network = new WideNetwork(channels, height, width).Network;
        LayoutChoice[] choices = [LayoutChoice.Lanes, LayoutChoice.Channels, LayoutChoice.Rows, LayoutChoice.Mixed, LayoutChoice.Cheapest];
        var hosts = choices.Select(choice => KernelHost.Compile(choice, network)[0]).ToArray();
        Assert.Contains("yPixel: ", hosts[1].Source);
        Assert.Contains("residual: ", hosts[1].Source);
        Assert.Equal(height * width % 16 == 0 && width >= 16, hosts[2].Source.Contains("ConvolveRows", StringComparison.Ordinal));
        foreach (var program in network.Programs)
            foreach (var rows in new[] { 1, 19 })
            {
                Assert.Null(Comparison.Check(network, hosts[1], program, rows, seed: 3));
                var expected = Comparison.Run(network, hosts[0], program, rows, seed: 5);
                for (var i = 1; i < choices.Length; i++)
                    for (var threads = 1; threads <= 3; threads += 2)
                        Assert.True(expected.SequenceEqual(Comparison.Run(network, hosts[i], program, rows, seed: 5, threads)), $"{program.Name}, {rows} rows, {threads} threads: {choices[i]} differs from Lanes");
            }
    }
}
