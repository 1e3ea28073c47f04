using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

/// <summary>Axes and shapes as the language's arguments give them.</summary>
internal static class Axes
{
    /// <summary>An axis of a value of so many axes; negative ones count from the last.</summary>
    public static int Axis(this DslCall call, string name, int fallback, int rank)
    {
        var axis = call.Argument(name, fallback);
        return axis >= -rank && axis < rank ? (axis + rank) % rank
            : throw new ShapeException($"{call.Name}: axis {axis} of a sample that has {rank}", call.Has(name) ? name : null);
    }

    /// <summary>The axes of a reduction, ascending; none named: all of them.</summary>
    public static EquatableArray<int> ReducedAxes(this DslCall call)
    {
        var rank = call.Operand.Type.Rank;
        var axes = call.Argument<int[]>("axes", []);
        var distinct = new SortedSet<int>();
        for (var i = 0; i < axes.Length; i++)
        {
            if (axes[i] < -rank || axes[i] >= rank) throw new ShapeException($"{call.Name}: axis {axes[i]} of {call.Operand.Type.Sample}, which has {rank}", "axes", i);
            if (!distinct.Add((axes[i] + rank) % rank)) throw new ShapeException($"{call.Name}: an axis is named twice in [{string.Join(", ", axes)}]", "axes", i);
        }
        return (axes.Length == 0 ? Enumerable.Range(0, rank) : distinct).ToEquatable();
    }

    /// <summary>A list of sizes, each at least 1.</summary>
    public static EquatableArray<int> Shape(this DslCall call)
    {
        var shape = call.Argument<int[]>("shape", []);
        if (Array.FindIndex(shape, size => size < 1) is var wrong && wrong >= 0)
            throw new ShapeException($"{call.Name}: expected sizes of at least 1, got [{string.Join(", ", shape)}]", "shape", wrong);
        return shape.ToEquatable();
    }

    /// <summary>An image: [channels, height, width].</summary>
    public static Node Image(this DslCall call) => call.Operand.Type.Rank == 3 ? call.Operand
        : throw new ShapeException($"{call.Name}: expected an image [channels, height, width], got {call.Operand.Type}");

    /// <summary>All axes but that of the channels.</summary>
    public static EquatableArray<int> InnerAxes(this DslCall call) => call.Operand.Type.Rank >= 2 ? Enumerable.Range(1, call.Operand.Type.Rank - 1).ToEquatable()
        : throw new ShapeException($"{call.Name}: expected channels and at least one more axis per sample, got {call.Operand.Type}");

    public static int Positive(this DslCall call, string name, int fallback) => call.Argument(name, fallback) is var n && n >= 1 ? n
        : throw new ShapeException($"{call.Name}: {name} must be at least 1, got {n}", name);

    /// <summary>A number that a float can hold.</summary>
    public static double Finite(this DslCall call, string name, double fallback) => call.Argument(name, fallback) is var x && SinglePrecision.IsFinite(x) ? x
        : throw new ShapeException(FormattableString.Invariant($"{call.Name}: {name} must be a finite number, got {x}"), name);

    /// <summary>What logits are divided by.</summary>
    public static double Temperature(this DslCall call) => call.Argument("temperature", 1.0) is var t && t > 0 && SinglePrecision.IsFinite(t) && SinglePrecision.IsFinite(1 / t) ? t
        : throw new ShapeException(FormattableString.Invariant($"{call.Name}: expected a finite temperature above 0, got {t}"), "temperature");
}
