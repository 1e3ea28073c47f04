using System.ComponentModel;
using Kiln.Data;

namespace Kiln;

/// <summary>
/// What a network has only if its programs allow it. Where the generated class has no such member, a call of it finds the method here, which is an
/// error that says why. The generated members come first wherever there are any.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NotGenerated
{
    private const string NoTrain = "the network has no such Train. It has one with an optimizer if a stack ends with a loss, such as CrossEntropy, or if a [Learn] method returns a Loss or an Update.";
    private const string NoAccuracy = "the network has no Accuracy of these arguments. It has one if a [Learn] method takes one label per sample, [Classes(n)] Labels, or per step of its sequence, and exactly one [Predict] method of one input returns n scores, or Labels.";
    private const string NoFit = "the training has no Fit of images under this name. It has one if the network has one [Learn] method, whose inputs are an image and, if a second, one label per sample. With several methods each has its own: Fit and the method's name. Otherwise pass arrays, or call the methods.";
    private const string NoFitOfNetworks = "a network has no Fit, a training has: network.Train(optimizer).Fit(data).";

    /// <summary>Not there: the network has no program that an optimizer could serve.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">How gradients move the parameters.</param>
    /// <param name="batch">The most rows a step takes.</param>
    /// <param name="threads">Threads that share a step.</param>
    /// <param name="seed">Chooses random draws.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoTrain, error: true, DiagnosticId = "KILN030")]
    public static NetworkTraining Train(this INetwork network, Optimizer? optimizer = null, int batch = 32, int threads = 0, Seed? seed = null) => throw new NotSupportedException(NoTrain);

    /// <summary>Not there: the network is no classifier of such rows.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">Values, row by row.</param>
    /// <param name="labels">The right class of every row.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this INetwork network, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) => throw new NotSupportedException(NoAccuracy);

    /// <inheritdoc cref="Accuracy(INetwork, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this INetwork network, ReadOnlySpan<byte> inputs, ReadOnlySpan<int> labels) => throw new NotSupportedException(NoAccuracy);

    /// <summary>Not there: the network is no classifier of such images.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Images with labels.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this INetwork network, ImageSet images) => throw new NotSupportedException(NoAccuracy);

    /// <summary>Not there: the network is no classifier of such rows.</summary>
    /// <param name="training">The training.</param>
    /// <param name="inputs">Values, row by row.</param>
    /// <param name="labels">The right class of every row.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this NetworkTraining training, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) => throw new NotSupportedException(NoAccuracy);

    /// <inheritdoc cref="Accuracy(NetworkTraining, ReadOnlySpan{float}, ReadOnlySpan{int})"/>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this NetworkTraining training, ReadOnlySpan<byte> inputs, ReadOnlySpan<int> labels) => throw new NotSupportedException(NoAccuracy);

    /// <summary>Not there: the network is no classifier of such images.</summary>
    /// <param name="training">The training.</param>
    /// <param name="images">Images with labels.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoAccuracy, error: true, DiagnosticId = "KILN034")]
    public static double Accuracy(this NetworkTraining training, ImageSet images) => throw new NotSupportedException(NoAccuracy);

    /// <summary>Not there: the program does not learn from images.</summary>
    /// <param name="training">The training.</param>
    /// <param name="data">Images.</param>
    /// <param name="epochs">Passes over all images.</param>
    /// <param name="progress">Receives reports.</param>
    /// <param name="validation">Other images.</param>
    /// <param name="augmentation">Changes to the images.</param>
    /// <param name="options">Checkpoints, limits, early stopping.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoFit, error: true, DiagnosticId = "KILN035")]
    public static Task<IReadOnlyList<TrainingProgress>> Fit(this NetworkTraining training, ImageSet data, int epochs = 1, IProgress<TrainingProgress>? progress = null, ImageSet? validation = null, Augmentation? augmentation = null, FitOptions? options = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException(NoFit);

    /// <summary>Not there: a network has no optimizer, its training has.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">Images.</param>
    /// <param name="epochs">Passes over all images.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(NoFitOfNetworks, error: true, DiagnosticId = "KILN035")]
    public static Task<IReadOnlyList<TrainingProgress>> Fit(this INetwork network, ImageSet data, int epochs = 1) => throw new NotSupportedException(NoFitOfNetworks);
}
