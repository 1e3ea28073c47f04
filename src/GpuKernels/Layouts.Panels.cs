using ILGPU;

namespace Kiln.Gpu.Kernels;

// Moves between Flat and Panels: [columns / 32][depth][32], a last panel of at most 16 columns 16 wide.
public static partial class Layouts
{
    private const int Panel = 32;

    /// <summary>A row-major matrix to Panels, zero-padded.</summary>
    /// <param name="i">The thread's number.</param>
    /// <param name="flat">[depth, columns], or [columns, depth] where transposed.</param>
    /// <param name="panels">Gets the depth × columns matrix.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="transposed">Whether flat holds the transpose.</param>
    public static void FlatToPanels(int i, ArrayView<float> flat, ArrayView<float> panels, int depth, int columns, bool transposed)
    {
        if (i >= depth * Padded(columns)) return;
        var row = PanelRow(i, depth, columns);
        var column = PanelColumn(i, depth, columns);
        var value = 0f;
        if (column < columns) value = flat[transposed ? column * depth + row : row * columns + column];
        panels[i] = value;
    }

    /// <summary>The inverse of <see cref="FlatToPanels"/>.</summary>
    public static void PanelsToFlat(int i, ArrayView<float> panels, ArrayView<float> flat, int depth, int columns, bool transposed)
    {
        if (i >= depth * columns) return;
        var row = transposed ? i % depth : i / columns;
        var column = transposed ? i / depth : i % columns;
        flat[i] = panels[PanelIndex(row, column, depth, columns)];
    }

    /// <summary>A convolution's kernel to Panels with rows (kernel pixel, channel in) and columns channel out, zero-padded.</summary>
    /// <param name="i">The thread's number.</param>
    /// <param name="flat">[outChannels, channels, pixels].</param>
    /// <param name="panels">Gets the (pixels · channels) × outChannels matrix.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="channels">Channels in, of one group.</param>
    /// <param name="pixels">Height × width of the kernel.</param>
    public static void KernelToPanels(int i, ArrayView<float> flat, ArrayView<float> panels, int outChannels, int channels, int pixels)
    {
        var depth = pixels * channels;
        if (i >= depth * Padded(outChannels)) return;
        var row = PanelRow(i, depth, outChannels);
        var column = PanelColumn(i, depth, outChannels);
        var value = 0f;
        if (column < outChannels) value = flat[(column * channels + row % channels) * pixels + row / channels];
        panels[i] = value;
    }

    /// <summary>The inverse of <see cref="KernelToPanels"/>.</summary>
    public static void PanelsToKernel(int i, ArrayView<float> panels, ArrayView<float> flat, int outChannels, int channels, int pixels)
    {
        var depth = pixels * channels;
        if (i >= depth * outChannels) return;
        var pixel = i % pixels;
        var channel = i / pixels % channels;
        flat[i] = panels[PanelIndex(pixel * channels + channel, i / depth, depth, outChannels)];
    }

    // ---- Places ----

    /// <summary>Columns of the panel that begins at a column, padded.</summary>
    private static int PanelWidth(int first, int columns) => columns - first <= Block ? Block : Panel;

    /// <summary>Where an element of the matrix is in Panels.</summary>
    internal static int PanelIndex(int row, int column, int depth, int columns)
    {
        var first = column / Panel * Panel;
        return first * depth + row * PanelWidth(first, columns) + column - first;
    }

    /// <summary>The matrix row of the float at a place of Panels.</summary>
    private static int PanelRow(int i, int depth, int columns)
    {
        var panel = i / (Panel * depth);
        return (i - panel * Panel * depth) / PanelWidth(panel * Panel, columns);
    }

    /// <summary>Its column, which may be a pad.</summary>
    private static int PanelColumn(int i, int depth, int columns)
    {
        var panel = i / (Panel * depth);
        return panel * Panel + (i - panel * Panel * depth) % PanelWidth(panel * Panel, columns);
    }
}
