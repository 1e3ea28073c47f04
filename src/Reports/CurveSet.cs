namespace Kiln.Seeing;

/// <summary>Curves by their names, in the order in which they first came.</summary>
internal sealed class CurveSet
{
    private readonly OrderedDictionary<string, Curve> _curves = new(StringComparer.Ordinal);

    public IReadOnlyList<Curve> All => _curves.Values;

    /// <summary>The curve of a name; an empty one where there is none.</summary>
    public Curve this[string name]
    {
        get
        {
            if (!_curves.TryGetValue(name, out var curve)) _curves.Add(name, curve = new Curve(name));
            return curve;
        }
    }
}
