using Kiln.Kernels;
using Xunit;
using static Kiln.Runtime.Tests.Reference;

namespace Kiln.Runtime.Tests;

public unsafe class LayoutsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(5, 33)]
    [InlineData(16, 47)]
    [InlineData(11, 15)]
    public void Rows_become_lanes_and_rows_again(int live, int features)
    {
        var stride = features + 5;
        using var rows = new Floats(16 * stride, 1);
        using var lanes = new Floats(16 * features);
        Layouts.RowsToLanes(rows, stride, live, features, lanes);
        for (var f = 0; f < features; f++)
            for (var l = 0; l < 16; l++) Assert.Equal(rows[Math.Min(l, live - 1) * stride + f], lanes[f * 16 + l]);
        lanes.CheckGuard();

        using var back = new Floats(live * stride, fill: 7);
        Layouts.LanesToRows(lanes, features, back, stride, live);
        for (var l = 0; l < live; l++)
            for (var f = 0; f < stride; f++) Assert.Equal(f < features ? rows[l * stride + f] : 7, back[l * stride + f]);
        back.CheckGuard();
    }

    [Theory]
    [InlineData(1, 784)]
    [InlineData(7, 21)]
    [InlineData(16, 35)]
    public void Bytes_are_centred_and_scaled(int live, int features)
    {
        var bytes = new byte[live * features];
        new Random(3).NextBytes(bytes);
        using var lanes = new Floats(16 * features);
        using var rows = new Floats(live * (features + 1));
        fixed (byte* b = bytes)
        {
            Layouts.BytesToLanes(b, features, live, features, 33.5f, 1 / 77f, lanes);
            Layouts.BytesToRows(b, features, live, features, 33.5f, 1 / 77f, rows, features + 1);
        }
        for (var f = 0; f < features; f++)
            for (var l = 0; l < 16; l++)
            {
                var expected = (bytes[Math.Min(l, live - 1) * features + f] - 33.5f) * (1 / 77f);
                Assert.Equal(expected, lanes[f * 16 + l]);
                if (l < live) Assert.Equal(expected, rows[l * (features + 1) + f]);
            }
        lanes.CheckGuard();
        rows.CheckGuard();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(5, 3)]
    [InlineData(9, 40)]
    public void Labels_become_lanes_and_labels_again(int live, int perSample)
    {
        var labels = Enumerable.Range(0, live * perSample).Select(i => i * 7 - 5).ToArray();
        var (lanes, back) = (new int[16 * perSample], new int[live * perSample]);
        fixed (int* from = labels, to = lanes, again = back)
        {
            Layouts.LabelsToLanes(from, perSample, live, to);
            Layouts.LanesToLabels(to, perSample, again, live);
        }
        for (var i = 0; i < perSample; i++)
            for (var l = 0; l < 16; l++) Assert.Equal(labels[Math.Min(l, live - 1) * perSample + i], lanes[i * 16 + l]);
        Assert.Equal(labels, back);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(7, 10, true)]
    [InlineData(20, 48, false)]
    [InlineData(33, 65, true)]
    public void Matrices_move_between_flat_and_panels(int depth, int columns, bool transposed)
    {
        using var flat = new Floats(depth * columns, 4);
        using var panels = new Floats(PanelFloats(depth, columns));
        using var back = new Floats(depth * columns);
        Layouts.FlatToPanels(flat, panels, depth, columns, transposed);
        Layouts.PanelsToFlat(panels, back, depth, columns, transposed);
        for (var k = 0; k < depth; k++)
            for (var m = 0; m < ((columns + 15) & -16); m++)
                Assert.Equal(m >= columns ? 0 : flat[transposed ? m * depth + k : k * columns + m], panels[InPanels(k, m, depth, columns)]);
        Assert.Equal(flat.Span, back.Span);
        panels.CheckGuard();
        back.CheckGuard();
    }

    [Theory]
    [InlineData(6, 1, 25)]
    [InlineData(40, 3, 9)]
    [InlineData(64, 16, 1)]
    public void Kernels_move_between_flat_and_panels(int outChannels, int channels, int pixels)
    {
        var depth = channels * pixels;
        using var flat = new Floats(depth * outChannels, 5);
        using var panels = new Floats(PanelFloats(depth, outChannels));
        using var back = new Floats(depth * outChannels);
        Layouts.KernelToPanels(flat, panels, outChannels, channels, pixels);
        Layouts.PanelsToKernel(panels, back, outChannels, channels, pixels);
        for (var p = 0; p < pixels; p++)
            for (var c = 0; c < channels; c++)
                for (var m = 0; m < ((outChannels + 15) & -16); m++)
                    Assert.Equal(m >= outChannels ? 0 : flat[(m * channels + c) * pixels + p], panels[InPanels(p * channels + c, m, depth, outChannels)]);
        Assert.Equal(flat.Span, back.Span);
        panels.CheckGuard();
        back.CheckGuard();
    }
}
