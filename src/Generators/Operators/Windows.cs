using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>How a window moves along one axis: all numbers in elements.</summary>
/// <param name="Same">The padding was asked for as Padding.Same.</param>
internal sealed record AxisWindow(int Kernel, int Stride, int Before, int After, int Dilation, bool Same = false)
{
    /// <summary>Along an axis of size 1 that the language does not have.</summary>
    public static readonly AxisWindow None = new(1, 1, 0, 0, 1);

    /// <summary>From the window's first tap to its last.</summary>
    public long Reach => (long)Dilation * (Kernel - 1) + 1;
}

/// <summary>
/// Windows as the language's arguments give them: one number, one per axis, one per side; and for layers a property per axis
/// (<c>StrideHeight</c>) and side (<c>PaddingTop</c>), which go before.
/// </summary>
internal static class Windows
{
    /// <summary>The axes a window moves along, and the sides before and after each, as arguments name them.</summary>
    internal sealed record Space(EquatableArray<string> Axes, EquatableArray<string> Before, EquatableArray<string> After)
    {
        public static readonly Space Line = new([""], ["Left"], ["Right"]);
        public static readonly Space Image = new(["Height", "Width"], ["Top", "Left"], ["Bottom", "Right"]);
        public static readonly Space Volume = new(["Depth", "Height", "Width"], ["Front", "Top", "Left"], ["Back", "Bottom", "Right"]);
    }

    /// <summary>How the call's window moves over the image: kernel, stride, padding and dilation are read from the arguments.</summary>
    public static WindowGeometry Window(this DslCall call, Node image, int[]? kernel = null, bool pool = false)
    {
        var windows = call.AxisWindows(Space.Image, [.. image.Type.Shape.Skip(1)], kernel, pool);
        return Of(windows[0], windows[1]) with { Ceiling = pool && call.Argument("ceiling", false) };
    }

    /// <summary>Windows over rows and columns.</summary>
    public static WindowGeometry Of(AxisWindow y, AxisWindow x) =>
        new(y.Kernel, x.Kernel, y.Stride, x.Stride, y.Before, x.Before, y.After, x.After, y.Dilation, x.Dilation);

    /// <summary>The window along every axis, which fits into the padded input. A pool's windows stand side by side unless a stride is given.</summary>
    /// <param name="kernel">The window's size; read from the arguments unless given.</param>
    public static AxisWindow[] AxisWindows(this DslCall call, Space space, int[] input, int[]? kernel = null, bool pool = false)
    {
        kernel ??= call.Sizes("kernel", space, pool ? [0] : [3]);
        var stride = call.Sizes("stride", space, pool ? kernel : [1]);
        var dilation = call.Sizes("dilation", space, [1]);
        var windows = call.Padded(space, [.. kernel.Select((size, a) => new AxisWindow(size, stride[a], 0, 0, dilation[a]))], input);
        var padded = windows.Select((w, a) => input[a] + (long)w.Before + w.After).ToArray();
        var ceiling = pool && call.Argument("ceiling", false);
        for (var a = 0; a < windows.Length; a++)
        {
            if (WindowGeometry.Extent(input[a], windows[a], ceiling) < 1)
                throw new ShapeException($"{call.Name}: the {Text(kernel)} {(pool ? "window" : "kernel")} is larger than its padded input, {Text(padded)}", call.Given("kernel", space.Axes[a]));
            if (pool && Math.Max(windows[a].Before, windows[a].After) is var most && most >= kernel[a])
                throw new ShapeException($"{call.Name}: expected a padding smaller than the {Text(kernel)} window, got {most}: some windows would see nothing else", call.Given("padding", windows[a].Before == most ? space.Before[a] : space.After[a], space.Axes[a]));
        }
        return windows;
    }

    /// <summary>
    /// For a transposed convolution: along every axis the window of the convolution that it is the transposed of, and the size of its
    /// result, which is that convolution's image.
    /// </summary>
    public static (AxisWindow Window, int Output)[] TransposedWindows(this DslCall call, Space space, int[] input, int[]? kernel = null)
    {
        kernel ??= call.Sizes("kernel", space, [3]);
        var stride = call.Sizes("stride", space, [1]);
        var dilation = call.Sizes("dilation", space, [1]);
        var more = call.Sizes("outputPadding", space, [0], least: 0);
        var windows = call.Padded(space, [.. kernel.Select((size, a) => new AxisWindow(size, stride[a], 0, 0, dilation[a]))], [.. input.Select((size, a) => checked(size * stride[a]))]);
        var outputs = new int[windows.Length];
        for (var a = 0; a < windows.Length; a++)
        {
            var w = windows[a];
            if (more[a] > 0 && (more[a] >= w.Stride || w.Same))
                throw new ShapeException($"{call.Name}: expected an output padding below the stride, {w.Stride}, and none beside Padding.Same, got {more[a]}", call.Given("outputPadding", space.Axes[a]));
            var whole = (input[a] - 1L) * w.Stride + w.Reach;
            outputs[a] = checked((int)(w.Same ? (long)input[a] * w.Stride : whole - w.Before - w.After + more[a]));
            if (outputs[a] < 1) throw new ShapeException($"{call.Name}: a padding of {w.Before} and {w.After} leaves nothing of {English.Count(whole, "element")} out of {input[a]}", call.Given("padding", space.Before[a], space.After[a], space.Axes[a]));
        }
        return [.. windows.Zip(outputs, (window, output) => (window, output))];
    }

    /// <summary>The windows of an adaptive pool; where they divide the image evenly they are windows like any other.</summary>
    public static WindowGeometry SharedWindows(this DslCall call, Node image)
    {
        var (size, height, width) = (call.Sizes("size", Space.Image, [0]), image.Type[1], image.Type[2]);
        if (height % size[0] != 0 || width % size[1] != 0) return WindowGeometry.Adaptive(size[0], size[1]);
        var (rows, columns) = (height / size[0], width / size[1]);
        return new(rows, columns, rows, columns, 0, 0, 0, 0);
    }

    /// <summary>A size along every axis, each at least 1 (or 0).</summary>
    public static int[] Sizes(this DslCall call, string name, Space space, int[] fallback, int least = 1)
    {
        var axes = space.Axes.Count;
        var given = call.Has(name) ? call.Argument(name, fallback) : fallback;
        var sizes = given.Length == 1 ? [.. Enumerable.Repeat(given[0], axes)] : given;
        if (sizes.Any(size => size < least))
            throw new ShapeException($"{call.Name}: {(name == "kernel" ? $"expected a kernel of at least {Text(Enumerable.Repeat(1, axes))}" : $"{name} must be at least {least}")}, got {(name != "kernel" && sizes.Distinct().Count() == 1 ? $"{sizes[0]}" : Text(sizes))}", name);
        return [.. sizes.Select((size, a) => space.Axes[a].Length > 0 && call.Has(name + space.Axes[a]) ? Own(name + space.Axes[a]) : size)];

        int Own(string particular) => call.Argument(particular, 0) is var size && size >= least ? size
            : throw new ShapeException($"{call.Name}: {particular} must be at least {least}, got {size}", particular);
    }

    /// <summary>The windows with the call's padding.</summary>
    private static AxisWindow[] Padded(this DslCall call, Space space, AxisWindow[] windows, int[] input)
    {
        var axes = windows.Length;
        var given = call.Argument<int[]>("padding", [0]);
        // Along one axis alone a pair is its two sides.
        var perSide = given.Length == 2 * axes;
        for (var i = 0; i < given.Length; i++) Check("padding", given[i], allowsSame: !perSide);
        if (!perSide && given.Length != 1 && given.Length != axes) throw new ShapeException($"{call.Name}: expected a padding for {English.Count(axes, "axis")} or {2 * axes} sides, got {English.Count(given.Length, "number")}", "padding");
        return [.. windows.Select((w, a) =>
        {
            var axis = space.Axes[a].Length > 0 && call.Has("padding" + space.Axes[a]) ? Check("padding" + space.Axes[a], call.Argument("padding" + space.Axes[a], 0), allowsSame: true)
                : perSide ? 0 : given.Length == 1 ? given[0] : given[a];
            var (before, after) = perSide && axis == 0 ? (given[a], given[axes + a]) : Both(axis);
            var sides = w with { Before = Side(space.Before[a], before), After = Side(space.After[a], after) };
            return sides with { Same = axis < 0 && sides.Before == before && sides.After == after };

            int Side(string side, int general) => call.Has("padding" + side) ? Check("padding" + side, call.Argument("padding" + side, 0), allowsSame: false) : general;

            // Same: the output has ⌈size / stride⌉ pixels; the larger half of an odd padding is at the end, as in TensorFlow.
            (int Before, int After) Both(int pixels)
            {
                if (pixels >= 0) return (pixels, pixels);
                var total = checked((int)Math.Max(0, ((input[a] + (w.Stride - 1L)) / w.Stride - 1) * w.Stride + w.Reach - input[a]));
                return (total / 2, total - total / 2);
            }
        })];

        int Check(string name, int pixels, bool allowsSame) => pixels >= (allowsSame ? -1 : 0) ? pixels
            : throw new ShapeException($"{call.Name}: {name} must be {(allowsSame ? "Padding.Same (-1), Padding.Valid (0) or a number of pixels" : "at least 0 on each side")}, got {pixels}", name);
    }

    /// <summary>Which of the arguments that say something the user wrote; the particular ones, the most particular first, go before the general one.</summary>
    private static string Given(this DslCall call, string name, params string[] particular) =>
        particular.Where(p => p.Length > 0).Select(p => name + p).FirstOrDefault(call.Has) ?? name;

    private static string Text<T>(IEnumerable<T> sizes) => string.Join("×", sizes);
}
