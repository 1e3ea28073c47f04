namespace Kiln.Generators.Emission.Gpu;

/// <summary>A method of the device file. Where it is a kernel, its number is its place among the kernels.</summary>
/// <param name="Name">The method; of a kernel, also the constant of the host program that holds its number.</param>
/// <param name="Summary">What the first step that calls it does.</param>
/// <param name="Declaration">The method itself.</param>
internal sealed record DeviceKernel(string Name, string Summary, string Declaration)
{
    /// <summary>Whether other steps call it, which its summary does not name.</summary>
    public bool IsShared { get; set; }

    /// <summary>The method with its comments.</summary>
    public string Text => $"/// <summary>{CodeWriter.Xml(Summary)}</summary>\n{(IsShared ? "/// <remarks>Other steps run it, too.</remarks>\n" : "")}{Declaration}";
}

/// <summary>The kernels of a network for GPUs, and the methods that they call; those that are equal but for their comments are one.</summary>
/// <param name="taken">Names that none may have.</param>
internal sealed class DeviceKernels(ISet<string> taken)
{
    private readonly Dictionary<string, DeviceKernel> _known = [];
    private readonly List<DeviceKernel> _kernels = [], _methods = [];

    public IReadOnlyList<DeviceKernel> All => _kernels;

    public IReadOnlyList<DeviceKernel> Methods => _methods;

    /// <returns>The kernel's name.</returns>
    public string Add(StepBody body) => Add(_kernels, "public", body.Name, body.Summary, body.Parameters, body.AsKernel);

    /// <returns>The method's name.</returns>
    public string AddMethod(StepBody body) => Add(_methods, "private", body.Name, body.Summary, "int thread, " + body.Parameters, body.AsMethod);

    private string Add(List<DeviceKernel> all, string access, string suggestion, string summary, string parameters, string text)
    {
        var key = $"{access} ({parameters})\n{text}";
        if (!_known.TryGetValue(key, out var method))
        {
            var name = Identifiers.Unique(suggestion, taken);
            _known.Add(key, method = new(name, summary, $"{access} static void {name}({parameters})\n{text}"));
            all.Add(method);
        }
        method.IsShared |= method.Summary != summary;
        return method.Name;
    }
}
