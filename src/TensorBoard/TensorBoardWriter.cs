using System.Globalization;
using Google.Protobuf;
using Kiln.Seeing;
using Kiln.Seeing.Events;

namespace Kiln;

/// <summary>
/// Writes an event file that TensorBoard shows while it grows: <c>events.out.tfevents.&lt;time&gt;.&lt;host&gt;.&lt;process&gt;</c>. What a call has written stays in the
/// file, also where the process is killed. All calls may come from any thread.
/// </summary>
/// <remarks>A step is what a training counts over all its runs: <see cref="TrainingProgress.TotalSteps"/>. Several runs of a training may write into one folder, each its own file.</remarks>
public sealed class TensorBoardWriter : IDisposable
{
    private readonly TimeProvider _time;
    private readonly RecordFile _file;
    private readonly Lock _gate = new();

    /// <summary>Creates the folder, if there is none, and a new file in it.</summary>
    /// <param name="folder">TensorBoard shows each folder as a run.</param>
    /// <param name="time">When things are written; null for the system's clock.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null or empty.</exception>
    /// <exception cref="IOException">The folder or the file cannot be written.</exception>
    public TensorBoardWriter(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _time = time ?? TimeProvider.System;
        try
        {
            Directory.CreateDirectory(folder);
            _file = Create(folder, _time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{nameof(TensorBoardWriter)}: no event file can be written in {System.IO.Path.GetFullPath(folder)}. {e.Message}", e);
        }
        try
        {
            Write(new Event { FileVersion = "brain.Event:2" }, 0);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    internal TensorBoardWriter(RecordFile file) => (_file, _time) = (file, TimeProvider.System);

    /// <summary>The file's full path.</summary>
    public string Path => _file.Path;

    /// <summary>Adds a number of a step.</summary>
    /// <param name="tag">The name of the curve; a slash puts it into a group.</param>
    /// <param name="value">Any; it is kept as a float.</param>
    /// <param name="step">The step.</param>
    /// <inheritdoc cref="AddScalars" path="/exception"/>
    public void AddScalar(string tag, double value, long step) => AddScalars([new(tag, value)], step);

    /// <summary>Adds several numbers of a step as one record.</summary>
    /// <param name="values">Tags and numbers; none: nothing is written.</param>
    /// <param name="step">The step.</param>
    /// <exception cref="ArgumentException">A tag is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be written, as on a full disk; it then ends with the record before.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed of.</exception>
    public void AddScalars(IEnumerable<KeyValuePair<string, double>> values, long step)
    {
        ArgumentNullException.ThrowIfNull(values);
        var summary = new Summary();
        foreach (var (tag, value) in values) summary.Values.Add(new Summary.Types.Value { Tag = Checked(tag), Scalar = (float)value });
        if (summary.Values.Count > 0) Write(new Event { Summary = summary }, step);
    }

    /// <summary>Adds how values are distributed: 64 buckets of one width. Values that are not finite are left out; where none is finite, nothing is written.</summary>
    /// <param name="tag">The name; a slash puts it into a group.</param>
    /// <param name="values">Any number of values.</param>
    /// <param name="step">The step.</param>
    /// <inheritdoc cref="AddScalars" path="/exception"/>
    public void AddHistogram(string tag, ReadOnlySpan<float> values, long step)
    {
        Checked(tag);
        if (HistogramOf.Values(values) is { } histogram) Add(new() { Tag = tag, Histogram = histogram }, step);
    }

    /// <summary>Adds a text.</summary>
    /// <param name="tag">The name; a slash puts it into a group.</param>
    /// <param name="markdown">Shown as Markdown.</param>
    /// <param name="step">The step.</param>
    /// <inheritdoc cref="AddScalars" path="/exception"/>
    public void AddText(string tag, string markdown, long step)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        var tensor = new TextTensor { Type = TextTensor.Types.Type.String, Shape = new() { Dimensions = { new TextTensor.Types.Dimension { Size = 1 } } }, Strings = { ByteString.CopyFromUtf8(markdown) } };
        Add(new() { Tag = Checked(tag), Tensor = tensor, Metadata = new() { Plugin = new() { Name = "text" } } }, step);
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="tag">The name; a slash puts it into a group.</param>
    /// <param name="planes">[channels, height, width], row by row, as in <see cref="Data.ImageSet"/>.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="step">The step.</param>
    /// <exception cref="ArgumentException">There is not a byte for each channel and pixel, or the tag is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are neither 1 nor 3 channels, or no pixels.</exception>
    /// <inheritdoc cref="AddScalars" path="/exception"/>
    public void AddImage(string tag, ReadOnlySpan<byte> planes, int channels, int height, int width, long step)
    {
        Checked(tag);
        if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), channels, $"{nameof(AddImage)}: expected 1 or 3 channels.");
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (planes.Length != (long)channels * height * width)
            throw new ArgumentException($"{nameof(AddImage)}: expected {channels}×{height}×{width} bytes, but {nameof(planes)} has {planes.Length}.", nameof(planes));
        var file = ByteString.CopyFrom(Png.Encode(planes, channels, height, width));
        Add(new() { Tag = tag, Image = new() { Channels = channels, Height = height, Width = width, Encoded = file } }, step);
    }

    /// <summary>
    /// Says that a training goes on at a step, perhaps from a checkpoint that is older than what was written last: TensorBoard drops what older files of the folder
    /// have from this step on.
    /// </summary>
    /// <param name="step">The next step.</param>
    /// <inheritdoc cref="AddScalars" path="/exception"/>
    public void Restart(long step) => Write(new Event { SessionLog = new() { Status = SessionLog.Types.Status.Start } }, step);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }

    private void Add(Summary.Types.Value value, long step) => Write(new Event { Summary = new() { Values = { value } } }, step);

    private void Write(Event content, long step)
    {
        lock (_gate)
        {
            (content.WallTime, content.Step) = ((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds, step);
            _file.Write(content.ToByteArray());
        }
    }

    /// <summary>TensorBoard reads the files of a folder by their names in order: the time comes first, and a number tells those of one second apart.</summary>
    private static RecordFile Create(string folder, DateTimeOffset now)
    {
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{now.ToUnixTimeSeconds():D10}.{Environment.MachineName}.{Environment.ProcessId}.{number:D4}");
            var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), name);
            try
            {
                return new RecordFile(path);
            }
            catch (IOException) when (File.Exists(path))
            {
            }
        }
    }

    private static string Checked(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return tag;
    }
}
