using System.Buffers.Binary;
using System.IO.Compression;

namespace Kiln.Seeing.Tests;

public sealed class TensorBoardTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kiln-events-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_reader_of_this_test_knows_the_checksum() =>
        // The check value of CRC-32C in the catalogue of parametrised CRC algorithms.
        Assert.Equal(0xE3069283u, EventFile.Crc32C("123456789"u8));

    [Fact]
    public void A_file_begins_with_its_version_and_its_name_says_when_and_where()
    {
        var clock = new Clock();
        using var writer = new TensorBoardWriter(_root, clock);
        Assert.StartsWith($"events.out.tfevents.1700000000.{Environment.MachineName}.", Path.GetFileName(writer.Path));
        using var second = new TensorBoardWriter(_root, clock);
        Assert.True(string.CompareOrdinal(second.Path, writer.Path) > 0);

        var first = EventFile.Events(writer.Path).Single();
        Assert.Equal("brain.Event:2", first.Text(3));
        Assert.Equal(1_700_000_000.0, first.Double(1));
    }

    [Fact]
    public void Whole_records_are_in_the_file_before_it_is_closed()
    {
        using var writer = new TensorBoardWriter(_root);
        for (var step = 1; step <= 100; step++)
        {
            writer.AddScalar("loss", 1.0 / step, step);
            // What a process that is killed now would leave behind.
            if (step % 25 == 0) Assert.Equal(Enumerable.Range(1, step).Select(s => ("loss", (long)s, 1f / s)), EventFile.Scalars(EventFile.Events(writer.Path)));
        }
    }

    [Fact]
    public void A_record_that_a_kill_cut_short_hides_none_before_it()
    {
        using (var writer = new TensorBoardWriter(_root))
        {
            writer.AddScalar("a", 1, 1);
            writer.AddScalar("a", 2, 2);
        }
        var bytes = File.ReadAllBytes(Directory.GetFiles(_root).Single());
        var whole = EventFile.Records(bytes).Count;
        for (var cut = 1; cut <= 20; cut++) Assert.Equal(whole - 1, EventFile.Records(bytes[..^cut]).Count);
    }

    [Fact]
    public void A_histogram_counts_what_is_finite()
    {
        using var writer = new TensorBoardWriter(_root);
        float[] values = [-1, 0, 0.5f, 0.5f, 3, float.NaN, float.PositiveInfinity];
        writer.AddHistogram("weights/a", values, 7);
        writer.AddHistogram("one", [2, 2, 2], 7);
        writer.AddHistogram("none", [float.NaN], 7);
        writer.AddHistogram("empty", [], 7);
        var found = EventFile.Events(writer.Path).Where(e => e.Has(5)).Select(e => (Step: e.Integer(2), Value: e.Messages(5).Single().Messages(1).Single())).ToArray();
        Assert.Equal(["weights/a", "one"], found.Select(f => f.Value.Text(1)));
        Assert.All(found, f => Assert.Equal(7, f.Step));

        var histogram = found[0].Value.Messages(5).Single();
        Assert.Equal([-1, 3, 5, 3, 1 + 0.25 + 0.25 + 9], Enumerable.Range(1, 5).Select(histogram.Double));
        var (limits, counts) = (histogram.Doubles(6), histogram.Doubles(7));
        Assert.Equal(limits.Length, counts.Length);
        Assert.Equal(3, limits[^1]);
        Assert.Equal(limits.Order(), limits);
        Assert.Equal(5, counts.Sum());
        // Each value is in the first bucket whose upper end is above it; the largest one in the last.
        Assert.Equal(1, counts[0]);
        Assert.Equal(1, counts[^1]);
        Assert.Equal(2, counts[Array.FindIndex(limits, limit => limit > 0.5)]);

        Assert.Equal([3.0], found[1].Value.Messages(5).Single().Doubles(7));
    }

    [Fact]
    public void Text_and_images_have_what_their_plugins_look_for()
    {
        using var writer = new TensorBoardWriter(_root);
        writer.AddText("note", "**grün** | a", 3);
        writer.AddImage("picture", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18], channels: 3, height: 2, width: 3, step: 4);
        var values = EventFile.Events(writer.Path).Where(e => e.Has(5)).Select(e => e.Messages(5).Single().Messages(1).Single()).ToArray();

        Assert.Equal("text", values[0].Messages(9).Single().Messages(1).Single().Text(1));
        var tensor = values[0].Messages(8).Single();
        Assert.Equal((7, "**grün** | a"), (tensor.Integer(1), tensor.Text(8)));
        Assert.Equal(1, tensor.Messages(2).Single().Messages(2).Single().Integer(1));

        var image = values[1].Messages(4).Single();
        Assert.Equal([2, 3, 3], Enumerable.Range(1, 3).Select(image.Integer));
        // Row by row: no filter, then red, green and blue of each pixel.
        Assert.Equal([0, 1, 7, 13, 2, 8, 14, 3, 9, 15, 0, 4, 10, 16, 5, 11, 17, 6, 12, 18], PixelsOf(image.All(4).Single()));
    }

    [Fact]
    public async Task A_fit_writes_steps_epochs_norms_histograms_and_the_network()
    {
        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        using var callback = new TensorBoardCallback(_root) { StepsEvery = 1, HistogramsEvery = 2 };
        var epochs = await training.Fit(Small.Images, epochs: 2, validation: Small.Images, options: new() { Callbacks = [callback], StatisticsEvery = 1 });

        var events = EventFile.Events(callback.Writer.Path);
        var scalars = EventFile.Scalars(events);
        Assert.Equal(Enumerable.Range(1, 2 * Small.Steps).Select(s => (long)s), scalars.Where(s => s.Tag == "step/loss").Select(s => s.Step));
        Assert.Equal([(Small.Steps, (float)epochs[0].Loss), (2 * Small.Steps, (float)epochs[1].Loss)], scalars.Where(s => s.Tag == "epoch/loss").Select(s => ((int)s.Step, s.Value)));
        Assert.Equal((float)epochs[1].ValidationLoss!, scalars.Last(s => s.Tag == "epoch/validation_loss").Value);
        Assert.Equal((float)epochs[1].Validation!, scalars.Last(s => s.Tag == "epoch/validation").Value);
        Assert.NotEmpty(epochs[1].Activations);
        Assert.Equal(
            epochs[1].Activations.SelectMany(l => ((string, float)[])[($"activation_norm/{l.Layer}", (float)l.Norm), ($"activation_mean/{l.Layer}", (float)l.Mean), ($"activation_zeros/{l.Layer}", (float)l.Zeros)]),
            scalars.Where(s => s.Tag.StartsWith("activation_", StringComparison.Ordinal) && s.Step == 2 * Small.Steps).Select(s => (s.Tag, s.Value)));
        // The mean of an epoch is that of its steps, which are of one size.
        Assert.Equal(epochs[0].Loss, scalars.Where(s => s.Tag == "step/loss").Take(Small.Steps).Average(s => s.Value), 1e-6);
        Assert.All(((INetwork)net).AllParameters, p => Assert.Equal(2 * Small.Steps, scalars.Count(s => s.Tag == $"gradient_norm/{p.Name}" && s.Value > 0)));

        var values = events.Where(e => e.Has(5)).SelectMany(e => e.Messages(5)).SelectMany(s => s.Messages(1)).ToArray();
        Assert.Equal(((INetwork)net).AllParameters.SelectMany(p => (string[])[$"weights/{p.Name}", $"gradients/{p.Name}"]), values.Where(v => v.Has(5)).Select(v => v.Text(1)));
        foreach (var parameter in ((INetwork)net).AllParameters)
        {
            var norm = Math.Sqrt(values.Single(v => v.Has(5) && v.Text(1) == $"gradients/{parameter.Name}").Messages(5).Single().Double(5));
            Assert.Equal(scalars.Last(s => s.Tag == $"gradient_norm/{parameter.Name}").Value, norm, 1e-5);
        }
        var text = values.Single(v => v.Text(1) == "network").Messages(8).Single().Text(8);
        Assert.All(((INetwork)net).AllParameters, p => Assert.Contains($"| {p.Name} | ", text));
    }

    [Fact]
    public async Task A_training_that_goes_on_from_a_checkpoint_goes_on_counting_and_says_where()
    {
        var checkpoint = Path.Combine(_root, "training.st");
        using (var net = new Small(seed: 1, batch: Small.Batch))
        using (var training = net.Train(new Adam(0.01), Small.Batch))
        using (var callback = new TensorBoardCallback(Path.Combine(_root, "run")) { StepsEvery = 1 })
        {
            await training.Fit(Small.Images, epochs: 1, options: new() { Callbacks = [callback], MaxSteps = 3 });
            training.Save(checkpoint);
            // These are lost.
            await training.Fit(Small.Images, epochs: 1, options: new() { Callbacks = [callback] });
        }
        using (var net = new Small(seed: 1, batch: Small.Batch))
        using (var training = net.Train(new Adam(0.01), Small.Batch))
        using (var callback = new TensorBoardCallback(Path.Combine(_root, "run")) { StepsEvery = 1 })
        {
            training.Load(checkpoint);
            await training.Fit(Small.Images, epochs: 1, options: new() { Callbacks = [callback] });
        }

        var files = Directory.GetFiles(Path.Combine(_root, "run")).Order(StringComparer.Ordinal).Select(EventFile.Events).ToArray();
        Assert.Equal([1, 4], files[0].Where(e => e.Has(7)).Select(e => (int)e.Integer(2)));
        Assert.Equal([4], files[1].Where(e => e.Has(7)).Select(e => (int)e.Integer(2)));
        Assert.All(files.SelectMany(f => f).Where(e => e.Has(7)), e => Assert.Equal(1, e.Messages(7).Single().Integer(1)));
        Assert.Equal([1, 2, 3, 4, 5], EventFile.Scalars(files[0]).Where(s => s.Tag == "step/loss").Select(s => (int)s.Step));
        // The same losses: the same steps once more.
        Assert.Equal(EventFile.Scalars(files[0]).Where(s => s.Tag == "step/loss" && s.Step >= 4), EventFile.Scalars(files[1]).Where(s => s.Tag == "step/loss"));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told_at_once()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        var error = Assert.Throws<IOException>(() => new TensorBoardCallback(Path.Combine(file, "run")));
        Assert.Contains(Path.Combine(file, "run"), error.Message);
    }

    [Fact]
    public async Task A_full_disk_ends_the_log_and_not_the_training()
    {
        // On Linux every write to this device finds the disk full.
        if (!File.Exists("/dev/full")) return;
        var warnings = new List<string>();
        using var writer = new TensorBoardWriter(_root);
        using var full = new RecordFile("/dev/full", FileMode.Open);
        Assert.Contains("/dev/full could not be written", Assert.Throws<IOException>(() => full.Write([1])).Message);

        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        using var callback = new TensorBoardCallback(new TensorBoardWriter(full)) { Warn = warnings.Add };
        Assert.Equal(2, (await training.Fit(Small.Images, epochs: 2, options: new() { Callbacks = [callback] })).Count);
        Assert.Contains("/dev/full could not be written", Assert.Single(warnings));
        Assert.IsType<IOException>(callback.Failure);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        using var writer = new TensorBoardWriter(_root);
        Assert.Throws<ArgumentException>(() => writer.AddScalar("", 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddImage("a", [1, 2], 2, 1, 1, 1));
        Assert.Contains("expected 1×2×2 bytes", Assert.Throws<ArgumentException>(() => writer.AddImage("a", [1, 2, 3], 1, 2, 2, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorBoardCallback(writer) { StepsEvery = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorBoardCallback(writer) { HistogramsEvery = 0 });
        Assert.Single(EventFile.Events(writer.Path));
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.AddScalar("a", 1, 1));
    }

    /// <summary>What the rows of a PNG file have before any filter is undone.</summary>
    private static byte[] PixelsOf(byte[] png)
    {
        using var data = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (png.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8)) data.Write(png, at + 8, length);
            at += 12 + length;
        }
        data.Position = 0;
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        using var pixels = new MemoryStream();
        zlib.CopyTo(pixels);
        return pixels.ToArray();
    }
}
