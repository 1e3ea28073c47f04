namespace Kiln.Generators.Emission.Gpu;

/// <summary>A kernel: a method of the device file. Its number is its place there.</summary>
/// <param name="Name">The method, and the constant of the host program that holds its number.</param>
/// <param name="Text">Its declaration.</param>
internal sealed record DeviceKernel(string Name, string Text);

/// <summary>The kernels of a network for GPUs; those that are equal but for their comments are one.</summary>
/// <param name="taken">Names that no kernel may have.</param>
internal sealed class DeviceKernels(ISet<string> taken)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<DeviceKernel> _all = [];

    public IReadOnlyList<DeviceKernel> All => _all;

    /// <param name="suggestion">A name, which gets a number if it is taken.</param>
    /// <param name="summary">What is computed, and of which shapes.</param>
    /// <param name="parameters">Views first, then whole numbers.</param>
    /// <param name="body">With its braces.</param>
    /// <returns>The kernel's name.</returns>
    public string Add(string suggestion, string summary, string parameters, string body)
    {
        var key = $"({parameters})\n{body}";
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers.Add(key, number = _all.Count);
            var name = Identifiers.Unique(suggestion, taken);
            _all.Add(new(name, $"/// <summary>{CodeWriter.Xml(summary)}</summary>\npublic static void {name}({parameters})\n{body}"));
        }
        return _all[number].Name;
    }
}
