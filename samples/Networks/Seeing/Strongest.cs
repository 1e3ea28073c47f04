using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>A place of an image where a map has its largest value.</summary>
internal readonly record struct Peak(int Image, int Y, int X, float Value);

/// <summary>The images to which each map of a layer responds most.</summary>
internal static class Strongest
{
    /// <summary>For each map its peaks, the largest first; an image counts once.</summary>
    /// <param name="viewer">The network.</param>
    /// <param name="images">Square images.</param>
    /// <param name="count">Peaks of each map.</param>
    /// <returns>By layer, the scores last, then by map.</returns>
    public static Peak[][][] Find(IViewer viewer, ImageSet images, int count)
    {
        int[] maps = [.. Maps.Counts, Layers.Classes];
        var best = maps.Select(number => Enumerable.Range(0, number).Select(_ => new PriorityQueue<Peak, float>()).ToArray()).ToArray();
        for (var first = 0; first < images.Count; first += Viewer.Batch)
        {
            var rows = Math.Min(Viewer.Batch, images.Count - first);
            var seen = Maps.Of(viewer, images.Images.Slice(first * images.ImageLength, rows * images.ImageLength), rows, images.Width);
            for (var layer = 0; layer < maps.Length; layer++)
            {
                var values = layer < Maps.Counts.Length ? seen.Layers[layer] : seen.Scores;
                var side = layer < Maps.Counts.Length ? Maps.Side(layer, images.Width) : 1;
                for (var i = 0; i < rows * maps[layer]; i++)
                {
                    var queue = best[layer][i % maps[layer]];
                    var peak = PeakOf(values.AsSpan(i * side * side, side * side), side, first + i / maps[layer]);
                    if (queue.Count < count) queue.Enqueue(peak, peak.Value);
                    else queue.EnqueueDequeue(peak, peak.Value);
                }
            }
        }
        return [.. best.Select(layer => layer.Select(queue => queue.UnorderedItems.Select(item => item.Element).OrderByDescending(peak => peak.Value).ToArray()).ToArray())];
    }

    private static Peak PeakOf(ReadOnlySpan<float> map, int side, int image)
    {
        var best = 0;
        for (var i = 1; i < map.Length; i++)
        {
            if (map[i] > map[best])
                best = i;
        }
        return new(image, best / side, best % side, map[best]);
    }
}
