using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Kiln.RegisterTiles;

/// <summary>
/// The table of register tiles. A tile's accumulators must be locals, so every size is a method of its own; they are written
/// here, while Kiln.Runtime is built. Another size is another entry.
/// </summary>
[Generator]
public sealed class Families : IIncrementalGenerator
{
    private static readonly TileFamily[] Table =
    [
        // Images in Lanes: channels out, whose weights lie side by side, by pixels (or halves of pixels) of 16 samples.
        new("ImageTiles", ContiguousRows: true, ContiguousColumns: false, Sizes:
        [
            (8, 3), (8, 1), (6, 4), (6, 2), (6, 1), (4, 6), (4, 3), (4, 2), (4, 1),
            (2, 8), (2, 4), (2, 2), (2, 1), (1, 8), (1, 4), (1, 2), (1, 1),
        ]),

        // Images in Channels: pixels by two registers of channels out. 14 rows fill the 32 registers of AVX-512, 6 the 16 of AVX2.
        // Of 16 channels or fewer, AVX-512 has one register.
        new("ChannelTiles", ContiguousRows: false, ContiguousColumns: true, Sizes: [.. from columns in new[] { 1, 2 } from rows in Enumerable.Range(1, 14) select (rows, columns)], Fetches: true),

        // Winograd's algorithm, the same rows and columns: transformed kernels are large.
        new("WinogradTiles", ContiguousRows: false, ContiguousColumns: true, Sizes: [.. from columns in new[] { 1, 2 } from rows in Enumerable.Range(1, 14) select (rows, columns)], Fetches: true),
    ];

    private static readonly GradientFamily[] Gradients =
    [
        // A kernel row is a tile or several: 5 taps of LeNet's kernels, 3 of most others.
        new("ImageTiles", [(5, 4), (5, 2), (5, 1), (3, 8), (3, 4), (3, 2), (3, 1), (1, 8), (1, 4), (1, 2), (1, 1)]),
    ];

    // Matrix products. 12 rows fill the 32 registers of AVX-512, 6 the 16 of AVX2.
    private static readonly DenseFamily Dense = new("DenseTiles", [12, 8, 6, 4, 2, 1], Fetching: 6);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterPostInitializationOutput(static output =>
        {
            foreach (var family in Table) output.AddSource($"{family.Class}.Registers.g.cs", SourceText.From(family.Write(), Encoding.UTF8));
            output.AddSource($"{Dense.Class}.Registers.g.cs", SourceText.From(Dense.Write(), Encoding.UTF8));
            foreach (var family in Gradients) output.AddSource($"{family.Class}.GradientRegisters.g.cs", SourceText.From(family.Write(), Encoding.UTF8));
        });
}
