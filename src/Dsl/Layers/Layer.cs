using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kiln;

/// <summary>
/// A layer, one class each: in brackets a line of a stack, with <c>new</c> an object whose parameters are shared by all its
/// applications. A layer of one's own overrides <see cref="Apply(Tensor)"/> or <see cref="Apply(Sequence)"/> and works in both places.
/// </summary>
[Conditional("KILN_KEEP_ATTRIBUTES")]
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public abstract class Layer : Attribute
{
    /// <summary>The layer's part of its parameters' names, instead of the generated one (<c>dense1</c>).</summary>
    public string? Name { get; set; }

    /// <summary>The layer's value for one sample. Applied again, it uses the same parameters.</summary>
    /// <param name="x">One sample, of the shape the layer accepts.</param>
    public virtual Tensor Apply(Tensor x) => throw new BuildTimeOnly();

    /// <summary>The layer's value over time: of one that does not override this, and is not about time itself, that of every step.</summary>
    /// <param name="xs">The steps.</param>
    public virtual Sequence Apply(Sequence xs) => throw new BuildTimeOnly();

    /// <summary>The object itself: two layers are never the same attribute.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override object TypeId => this;

    /// <summary>Identity.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override bool Match(object? obj) => ReferenceEquals(this, obj);

    /// <summary>False.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override bool IsDefaultAttribute() => false;

    /// <summary>Identity.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>By identity.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
