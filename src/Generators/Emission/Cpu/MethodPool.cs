namespace Kiln.Generators.Emission.Cpu;

/// <summary>The kernels of a network: equal ones are written once, under the name of the first.</summary>
/// <param name="taken">Names of the class's other members, and of the types it uses.</param>
internal sealed class MethodPool(ISet<string> taken)
{
    private readonly Dictionary<string, string> _names = [];
    private readonly List<string> _methods = [];

    public IEnumerable<string> Methods => _methods;

    /// <param name="suggestion">A name in PascalCase; numbered where it is taken.</param>
    /// <param name="summary">The expression, the formula, the shapes.</param>
    /// <param name="signature">What follows the name: <c>&lt;V&gt;(float* y, …) where …</c>.</param>
    /// <param name="body">The block, braces included.</param>
    /// <param name="plain">The block without comments that methods of the same work may differ in; the block itself where there are none.</param>
    /// <returns>The method's name.</returns>
    public string Add(string suggestion, string summary, string signature, string body, string? plain = null)
    {
        var key = signature + (plain ?? body);
        if (_names.TryGetValue(key, out var known)) return known;
        var name = Identifiers.Unique(suggestion, taken);
        _names.Add(key, name);
        _methods.Add($"/// <summary>{CodeWriter.Xml(summary)}</summary>\n[global::System.Runtime.CompilerServices.MethodImpl(KilnHot)]\nprivate static void {name}{signature}\n{body}");
        return name;
    }
}
