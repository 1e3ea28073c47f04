using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Layers of trained kernels: what convolutions of lines, images and volumes have in common.</summary>
internal static class Convolutions
{
    /// <summary>Channels out and groups, which divide both numbers of channels.</summary>
    public static (int Channels, int Groups) Channels(this DslCall call, int inputs)
    {
        var (channels, groups) = (call.Positive("channels", 0), call.Positive("groups", 1));
        return inputs % groups == 0 && channels % groups == 0 ? (channels, groups)
            : throw new ShapeException($"{call.Name}: the {groups} groups must divide the {English.Count(inputs, "channel")} in and the {channels} out", "groups");
    }

    /// <summary>The convolution of an image with the layer's weight [channels, channels in / groups, …kernel], and its bias.</summary>
    public static Node Convolve(this DslCall call, Node image, WindowGeometry window, params int[] kernel)
    {
        var inputs = image.Type[0];
        var (channels, groups) = call.Channels(inputs);
        var taps = kernel.Aggregate(1, (n, size) => n * size);
        var (fanIn, fanOut) = (inputs / groups * taps, channels / groups * taps);
        var weight = call.Parameter("weight", [channels, inputs / groups, .. kernel], ParameterKind.ConvolutionWeight, fanIn, fanOut, Initializer.Default);
        weight = call.Graph.Add(new Reshape([channels, inputs / groups, window.KernelHeight, window.KernelWidth]), weight);
        return call.AddBias(call.Graph.Add(new Convolution(window, groups), image, weight), [channels], fanIn, fanOut);
    }

    /// <summary>The transposed convolution of an image with the layer's weight [channels in, channels / groups, …kernel], or a tied one, and its bias.</summary>
    public static Node ConvolveTransposed(this DslCall call, Node image, WindowGeometry window, int height, int width, params int[] kernel)
    {
        var inputs = image.Type[0];
        var tied = call.Argument<Node?>("tied", null);
        if (tied is not null && tied.Type[0] != inputs) throw new ShapeException($"{call.Name}: the transposed layer expects {English.Count(tied.Type[0], "channel")}, got {image.Type}");
        var (channels, groups) = tied is null ? call.Channels(inputs) : (tied.Type[1] * call.Positive("groups", 1), call.Positive("groups", 1));
        var taps = kernel.Aggregate(1, (n, size) => n * size);
        // Of the windows that stand a stride apart, an output lies in so many.
        var (fanIn, fanOut) = (Math.Max(1, inputs / groups * taps / (window.StrideY * window.StrideX)), channels / groups * taps);
        var weight = tied ?? call.Parameter("weight", [inputs, channels / groups, .. kernel], ParameterKind.ConvolutionWeight, fanIn, fanOut, Initializer.Default);
        weight = call.Graph.Add(new Reshape([inputs, channels / groups, window.KernelHeight, window.KernelWidth]), weight);
        return call.AddBias(call.Graph.Add(new ConvolutionDataGradient(window, groups, height, width), image, weight), [channels], fanIn, fanOut);
    }

    /// <summary>Adds the layer's bias, if it has one; it counts for all that follows its own axes.</summary>
    public static Node AddBias(this DslCall call, Node y, EquatableArray<int> shape, int fanIn, int fanOut)
    {
        if (!call.Argument("bias", true)) return y;
        var bias = call.Parameter("bias", shape, ParameterKind.Bias, fanIn, fanOut, Initializer.Zeros);
        return call.Graph.Add(new Add(), y, call.Graph.Add(new Reshape([.. shape, .. Enumerable.Repeat(1, y.Type.Rank - shape.Count)]), bias));
    }
}
