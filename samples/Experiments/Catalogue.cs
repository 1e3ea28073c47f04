namespace Kiln.Samples.Experiments;

/// <summary>An experiment.</summary>
/// <param name="Name">Its command.</param>
/// <param name="About">What it shows.</param>
/// <param name="Run">Does it.</param>
internal sealed record Experiment(string Name, string About, Func<Bench, Outcome> Run);

/// <summary>All experiments.</summary>
internal static class Catalogue
{
    public static readonly Experiment[] All =
    [
        new("vanishing", "the gradient of each layer in 784-30-30-30-30-10, with sigmoid and with ReLU", Vanishing.Run),
        new("sparsity", "the error of a rectifier network against the share of its units that are zero", Sparsity.Run),
        new("activations", "the same network with many activations", Activations.Run),
        new("optimizers", "optimizers on a ravine, a saddle and a curved valley, and on digits", Optimizers.Run),
        new("saturation", "squared error against cross-entropy where an output is saturated", Saturation.Run),
        new("depth", "depth against width with the same number of parameters", Depth.Run),
        new("overfitting", "dropout and weight decay against over-fitting of few digits", Overfitting.Run),
        new("batches", "the size of a batch: time of an epoch, error after equal epochs and after equal time", Batches.Run),
        new("clipping", "exploding gradients of a recurrent network, with and without clipping", Clipping.Run),
        new("approximation", "functions of one variable by a single hidden layer of 1 to 64 units", Approximation.Run),
        new("amount", "the number of training digits, by a dense and by a convolutional network", Amount.Run),
        new("projection", "digits in 30 and in 2 numbers, by a deep auto-encoder and by principal components", Projection.Run),
        new("pretraining", "sigmoid layers that first learn without labels, by their number", Pretraining.Run),
        new("mnist-mlp", "how well a rectifier network without dropout and augmentation knows MNIST (long)", RectifierMnist.Run),
        new("mnist-maxout", "how well a maxout network with dropout knows MNIST (long)", MaxoutMnist.Run),
    ];
}
