using Kiln.Training;

namespace Kiln.GpuBenchmark;

/// <summary>A network that learns with Adam, on a device or, where that is null, on the CPU; and made-up rows that it learns from.</summary>
internal sealed class Learner : IDisposable
{
    private readonly INetwork _network;
    private readonly Func<byte[], int[], float> _learn;
    private readonly IDisposable[] _owned;
    private readonly byte[] _images;
    private readonly int[] _labels;

    private Learner(INetwork network, Func<byte[], int[], float> learn, int batch, int features, params IDisposable[] owned)
    {
        (_network, _learn, _owned) = (network, learn, owned);
        (_images, _labels) = Data.Rows(batch, features);
    }

    public static Learner Mlp(int batch, Device? device)
    {
        var network = new Mlp(seed: 1, batch: batch, device: device);
        var training = network.Train(new Adam(), batch);
        return new Learner(network, (images, labels) => training.Learn(images, labels), batch, 784, training, network);
    }

    public static Learner LeNet(int batch, Device? device)
    {
        var network = new LeNet5(seed: 1, batch: batch, device: device);
        var training = network.Train(new Adam(), batch);
        return new Learner(network, (images, labels) => training.Learn(images, labels), batch, 784, training, network);
    }

    public static Learner ResNet(int batch, Device? device)
    {
        var network = new ResNet20(seed: 1, batch: batch, device: device);
        var training = network.Train(new Adam(), batch);
        return new Learner(network, (images, labels) => training.Learn(images, labels), batch, 3 * 32 * 32, training, network);
    }

    /// <summary>One step; the loss.</summary>
    public float Learn() => _learn(_images, _labels);

    /// <summary>All parameters, running statistics among them, by their names.</summary>
    public IEnumerable<(string Name, float[] Values)> Parameters() => _network.AllParameters.Select(parameter => (parameter.Name, parameter.ToArray()));

    public void Dispose()
    {
        foreach (var owned in _owned) owned.Dispose();
    }
}
