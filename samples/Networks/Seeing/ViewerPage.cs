using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>What a trained network has learned to see, as a page: its first filters, its maps of an image of each class, and what excites its units.</summary>
/// <param name="viewer">The network.</param>
/// <param name="train">Images among which the most exciting ones are looked for.</param>
/// <param name="test">Images whose maps are shown.</param>
/// <param name="classes">Their names.</param>
internal sealed class ViewerPage(Viewer viewer, ImageSet train, ImageSet test, string[] classes)
{
    private const int UnitsOfLayer = 8, PeaksOfUnit = 9;

    private static readonly string[] LayerNames = ["conv1", "conv2", "conv3"];

    private static readonly int[] ScaleOfMaps = [2, 3, 6];

    private static readonly ReceptiveField[] Fields = [Layers.OfFirst, Layers.OfSecond, Layers.OfThird];

    private readonly Html _page = new("What a convolutional network sees");
    private readonly int _side = test.Width;

    /// <summary>The page as the text of a file.</summary>
    /// <param name="story">How the network came to be what it is.</param>
    public string Write(string story)
    {
        _page.Say(story);
        _page.Say("Numbers with a sign have these colours, from blue for the lowest through white for zero to red for the highest; where the scale ends is said beside each picture.");
        _page.Add("<div class=\"scale\" role=\"img\" aria-label=\"blue below zero, white at zero, red above\"></div>");
        AddFilters();
        AddMaps();
        AddUnits();
        return _page.ToString();
    }

    // ---- Filters ----

    private void AddFilters()
    {
        var weight = viewer.Network.AllParameters.Single(parameter => parameter.Name.EndsWith("conv1.weight", StringComparison.Ordinal));
        var values = weight.ToArray();
        var size = Fields[0].Size;
        var length = test.Channels * size * size;
        var limit = SignedColours.Limit(values);
        _page.Head(2, "Filters of the first layer");
        _page.Say($"The {Layers.First} filters of {size}×{size} weights{(test.Channels == 3 ? ", each in its colours and then as its red, green and blue plane" : "")}. The scale of all ends at ±{limit:F2}.");
        _page.Row(Enumerable.Range(0, Layers.First).Select(filter => FigureOfFilter(values.AsSpan(filter * length, length), filter, size, limit)));
    }

    private string FigureOfFilter(ReadOnlySpan<float> values, int filter, int size, float limit)
    {
        var planes = new List<Picture>();
        for (var plane = 0; plane < test.Channels; plane++)
            planes.Add(Picture.Signed(values.Slice(plane * size * size, size * size), size, limit));
        if (test.Channels == 1) return Html.Figure(planes[0], 11, $"filter {filter}", $"weights of filter {filter}");
        planes.Insert(0, Picture.Planes(values, 3, size, value => Shade(value, limit)));
        return Html.Figure(Picture.Sheet(planes, columns: planes.Count), 8, $"filter {filter}", $"colours and planes of filter {filter}");
    }

    // ---- Maps ----

    private void AddMaps()
    {
        _page.Head(2, "Feature maps");
        _page.Say("An image of each class that was not learned, what every map of every convolution makes of it before ReLU, and the classes by their probability. Red is what the next layer gets to see, blue is what ReLU takes away.");
        for (var label = 0; label < classes.Length; label++)
        {
            var image = test.Labels.IndexOf(label);
            if (image >= 0) AddMaps(image, label);
        }
    }

    private void AddMaps(int image, int label)
    {
        var maps = Maps.Of(viewer.Network, test[image], 1, _side);
        var ranked = Probabilities(maps.Scores).Select((p, i) => (p, i)).OrderByDescending(c => c.p).Take(3).Where(c => c.p >= 0.005);
        var answer = string.Join(", ", ranked.Select(c => $"{classes[c.i]} {100 * c.p:F0}%"));
        _page.Add($"<details{(label == 0 ? " open" : "")}><summary>{Html.Image(ImageOf(image), 2, classes[label])}<b>{Html.Escape(classes[label])}</b><span class=\"quiet\">taken for {Html.Escape(answer)}</span></summary>");
        for (var layer = 0; layer < LayerNames.Length; layer++)
        {
            var (values, side) = (maps.Layers[layer], Maps.Side(layer, _side));
            var limit = SignedColours.Limit(values);
            var each = Enumerable.Range(0, Maps.Counts[layer]).Select(map => Picture.Signed(values.AsSpan(map * side * side, side * side), side, limit)).ToArray();
            _page.Row([Html.Figure(Picture.Sheet(each, columns: 16), ScaleOfMaps[layer], $"{LayerNames[layer]}: {each.Length} maps of {side}×{side}, numbered by rows of 16; ±{limit:F1}", $"maps of {LayerNames[layer]}")]);
        }
        _page.Add("</details>");
    }

    private static float[] Probabilities(float[] scores)
    {
        var largest = scores.Max();
        var powers = Array.ConvertAll(scores, score => MathF.Exp(score - largest));
        return Array.ConvertAll(powers, power => power / powers.Sum());
    }

    // ---- Units ----

    private void AddUnits()
    {
        var peaks = Strongest.Find(viewer.Network, train, PeaksOfUnit);
        _page.Head(2, "What excites a unit");
        _page.Say($"First the picture that excites a unit most: gradient ascent on the pixels, with a penalty on their squares and on differences of neighbours, while the weights stay as they are. Then those {PeaksOfUnit} training images that do, cut to what the unit sees of them. Of each convolution, those {UnitsOfLayer} maps are shown that respond most.");
        for (var layer = 0; layer < LayerNames.Length; layer++)
            AddUnits(layer, peaks[layer], LayerNames[layer], $"its units see {Fields[layer].Size}×{Fields[layer].Size} pixels");
        AddUnits(LayerNames.Length, peaks[^1], "The scores of the classes", "they see the whole image");
    }

    private void AddUnits(int layer, Peak[][] peaks, string name, string sees)
    {
        var isScore = layer == LayerNames.Length;
        int[] units = isScore ? [.. Enumerable.Range(0, classes.Length)] : [.. Enumerable.Range(0, peaks.Length).OrderByDescending(map => peaks[map][0].Value).Take(UnitsOfLayer).Order()];
        var length = test.ImageLength;
        var pictures = viewer.Imagine(layer, units, length);
        _page.Head(3, $"{name}: {sees}");
        for (var i = 0; i < units.Length; i++)
        {
            var imagined = Imagined(pictures.AsSpan(i * length, length), layer);
            var unit = isScore ? classes[units[i]] : $"map {units[i]}";
            var scale = Math.Max(2, 60 / imagined.Width);
            var found = peaks[units[i]].Select(peak => Html.Figure(Cut(peak, layer), scale, $"{peak.Value:F1}", $"training image {peak.Image}"));
            _page.Add($"<div class=\"unit\">{Html.Figure(imagined, scale, unit, $"what excites {unit} of {name} most")}{string.Concat(found)}</div>");
        }
    }

    /// <summary>A picture that was found, cut to what the unit in the middle of its map sees; middle grey is zero.</summary>
    private Picture Imagined(ReadOnlySpan<float> values, int layer)
    {
        var limit = SignedColours.Limit(values);
        var whole = Picture.Planes(values, test.Channels, _side, value => Shade(value, limit));
        if (layer == LayerNames.Length) return whole;
        var first = Fields[layer].First(Maps.Side(layer, _side) / 2);
        return whole.Crop(first, first, Fields[layer].Size, (127, 127, 127));
    }

    private Picture Cut(Peak peak, int layer) => layer == LayerNames.Length
        ? ImageOf(train, peak.Image)
        : ImageOf(train, peak.Image).Crop(Fields[layer].First(peak.Y), Fields[layer].First(peak.X), Fields[layer].Size, (127, 127, 127));

    private Picture ImageOf(int image) => ImageOf(test, image);

    private static Picture ImageOf(ImageSet images, int image) => Picture.Planes(images[image], images.Channels, images.Width, value => value);

    private static byte Shade(float value, float limit) => (byte)MathF.Round(127.5f + 127 * (limit > 0 ? Math.Clamp(value / limit, -1, 1) : 0));
}
