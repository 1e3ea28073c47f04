using System.ComponentModel;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>The images of a training's batches. With augmentation they are those of the training's seed and epoch; its threads share the work.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed class ImageBatches
{
    private readonly TrainingSession _session;
    private readonly ImageSet _data;
    private readonly Augmenter? _augmenter;

    internal ImageBatches(TrainingSession session, ImageSet data, Augmentation? augmentation)
    {
        (_session, _data) = (session, data);
        if (augmentation is not null) _augmenter = new Augmenter(augmentation, data, session.Workers);
    }

    /// <summary>Images and labels of a batch side by side, as bytes. Nothing is allocated.</summary>
    /// <param name="samples">Which images, in the order wanted.</param>
    /// <param name="images">Receives their pixels, 0 to 255.</param>
    /// <param name="labels">Receives their labels.</param>
    public void Gather(ReadOnlySpan<int> samples, Span<byte> images, Span<int> labels)
    {
        if (_augmenter is null) _data.Gather(samples, images, labels);
        else _augmenter.Gather(samples, images, labels, _session.Seed, _session.Epoch);
    }

    /// <summary>Images and labels of a batch side by side, pixels scaled to [0, 1]. Nothing is allocated.</summary>
    /// <param name="samples">Which images, in the order wanted.</param>
    /// <param name="images">Receives their pixels, 0 to 1.</param>
    /// <param name="labels">Receives their labels.</param>
    public void Gather(ReadOnlySpan<int> samples, Span<float> images, Span<int> labels)
    {
        if (_augmenter is null) _data.Gather(samples, images, labels);
        else _augmenter.Gather(samples, images, labels, _session.Seed, _session.Epoch);
    }
}
