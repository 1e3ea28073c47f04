namespace Kiln.Kernels;

/// <summary>Which taps of a kernel meet which source pixels along one axis of the image: target number j meets source Source(j, t) at its t-th tap.</summary>
internal struct Axis
{
    /// <summary>The first target pixel, the distance to the next, their number.</summary>
    public int From, Step, Count;

    /// <summary>The first tap, the distance to the next, their number.</summary>
    public int Tap, TapStep, Taps;

    /// <summary>The source of target 0 at tap 0, and how it moves with targets and taps.</summary>
    public int SourceFrom, SourceStep, SourceTap;

    /// <summary>Source pixels.</summary>
    public int Size;

    public static Axis Forward(int outputs, int size, int kernel, int stride, int padding, int dilation) => new()
    {
        Step = 1,
        Count = outputs,
        TapStep = 1,
        Taps = kernel,
        SourceFrom = -padding,
        SourceStep = stride,
        SourceTap = dilation,
        Size = size,
    };

    /// <summary>The pixels phase, phase + stride, …, whose sources are (pixel + padding − tap · dilation) / stride, where that is whole.</summary>
    public static Axis Backward(int phase, int pixels, int size, int kernel, int stride, int padding, int dilation)
    {
        var axis = new Axis { From = phase, Step = stride, Count = (pixels - phase + stride - 1) / stride, TapStep = 1, SourceStep = 1, Size = size };
        while (axis.TapStep * dilation % stride != 0) axis.TapStep++;
        while (axis.Tap < axis.TapStep && (phase + padding - axis.Tap * dilation) % stride != 0) axis.Tap++;
        axis.Taps = axis.Tap == axis.TapStep ? 0 : Math.Max(0, (kernel - axis.Tap + axis.TapStep - 1) / axis.TapStep);
        axis.SourceFrom = (phase + padding - axis.Tap * dilation) / stride;
        axis.SourceTap = -(axis.TapStep * dilation / stride);
        return axis;
    }

    public readonly int Source(int target, int tap) => SourceFrom + target * SourceStep + tap * SourceTap;

    /// <summary>The taps from first to last − 1 of a target lie in the source.</summary>
    public readonly void Range(int target, out int first, out int last)
    {
        var at = Source(target, 0);
        if (SourceTap > 0)
        {
            first = at >= 0 ? 0 : (-at + SourceTap - 1) / SourceTap;
            last = at >= Size ? 0 : (Size - 1 - at) / SourceTap + 1;
        }
        else
        {
            first = at < Size ? 0 : (at - Size - SourceTap) / -SourceTap;
            last = at < 0 ? 0 : at / -SourceTap + 1;
        }
        first = Math.Min(first, Taps);
        last = Math.Max(first, Math.Min(last, Taps));
    }

    /// <summary>The targets from first to last − 1 have all their taps in the source.</summary>
    public readonly void Inner(out int first, out int last)
    {
        (first, last) = (0, Count);
        if (Taps == 0) return;
        // Of target 0, the lowest and the highest source.
        var reach = (Taps - 1) * SourceTap;
        var (low, high) = (SourceFrom + Math.Min(0, reach), SourceFrom + Math.Max(0, reach));
        if (low < 0) first = Math.Min(Count, (-low + SourceStep - 1) / SourceStep);
        last = high >= Size ? first : Math.Clamp((Size - 1 - high) / SourceStep + 1, first, Count);
    }
}
