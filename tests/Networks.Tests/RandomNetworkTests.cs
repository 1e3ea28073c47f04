namespace Networks.Tests;

/// <summary>Compiled kernels against the double-precision evaluator, on networks made by chance.</summary>
public class RandomNetworkTests
{
    private const int PerCompilation = 60;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Compiled_kernels_agree_with_the_reference(int group)
    {
        var networks = Enumerable.Range(group * PerCompilation, PerCompilation).Select(seed => new RandomNetwork(seed)).ToArray();
        var hosts = KernelHost.Compile([.. networks.Select(n => n.Network)]);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
        {
            var seed = group * PerCompilation + i;
            foreach (var program in networks[i].Network.Programs)
                if (Comparison.Check(networks[i].Network, hosts[i], program, rows: 1 + seed % 9 + (seed % 5 == 0 ? 15 : 0), seed, threads: 1 + seed % 2) is { } failure) failures.Add($"network {seed}, {program.Name}: {failure}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {networks.Length}:\n{string.Join("\n", failures.Take(20))}");
    }
}
