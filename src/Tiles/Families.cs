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
        // Images in Channels: pixels by two registers of channels out. 14 rows fill the 32 registers of AVX-512, 6 the 16 of AVX2.
        // Of 16 channels or fewer, AVX-512 has one register.
        new("ChannelTiles", ContiguousRows: false, ContiguousColumns: true, Sizes: [.. from columns in new[] { 1, 2 } from rows in Enumerable.Range(1, 14) select (rows, columns)]),
    ];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterPostInitializationOutput(static output =>
        {
            foreach (var family in Table) output.AddSource($"{family.Class}.Registers.g.cs", SourceText.From(family.Write(), Encoding.UTF8));
        });
}
