namespace Kiln.Samples.Networks;

/// <summary>All networks of this sample.</summary>
internal static class Catalogue
{
    public static readonly Published[] All =
    [
        Classifier(10, false, LeNet5.Summary, () => new LeNet5(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, AlexNet.Summary, () => new AlexNet(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, ZfNet.Summary, () => new ZfNet(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, Vgg11.Summary, () => new Vgg11(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, Vgg13.Summary, () => new Vgg13(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, Vgg16.Summary, () => new Vgg16(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, Vgg19.Summary, () => new Vgg19(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, GoogLeNet.Summary, () => new GoogLeNet(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => (x, c) => t.Learn(x, c).Total),
        Classifier(1000, true, ResNet18.Summary, () => new ResNet18(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, ResNet34.Summary, () => new ResNet34(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, ResNet50.Summary, () => new ResNet50(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, ResNet101.Summary, () => new ResNet101(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(1000, true, ResNet152.Summary, () => new ResNet152(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(10, false, ResNet20.Summary, () => new ResNet20(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(10, false, ResNet56.Summary, () => new ResNet56(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        Classifier(10, false, ResNet110.Summary, () => new ResNet110(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        new(nameof(HouseNumbers), HouseNumbers.Summary, IsLarge: true, ReadHouseNumbers),
        Classifier(3, false, SpectralEeg.Summary, () => new SpectralEeg(seed: 1), n => n.Predict, n => n.Train(Step, Published.Rows), t => t.Learn),
        new(nameof(ConvolutionalAutoEncoder), ConvolutionalAutoEncoder.Summary, IsLarge: false, RebuildImages),
    ];

    private delegate void PredictMethod(ReadOnlySpan<float> images, Span<float> logits);

    private delegate float LearnMethod(ReadOnlySpan<float> images, ReadOnlySpan<int> labels);

    private static Sgd Step => new(1e-3);

    private static Published Classifier<TNetwork, TTraining>(
        int classes, bool isLarge, string summary, Func<TNetwork> make, Func<TNetwork, PredictMethod> predict, Func<TNetwork, TTraining> train, Func<TTraining, LearnMethod> learn)
        where TNetwork : INetwork
        where TTraining : IDisposable
    {
        Published? self = null;
        return self = new(typeof(TNetwork).Name, summary, isLarge, () =>
        {
            var images = Published.Random(Published.Rows * Published.Length(self!.Input));
            var logits = new float[2 * Published.Rows * classes];
            using var network = make();
            using var training = train(network);
            predict(network)(images, logits.AsSpan(0, Published.Rows * classes));
            var loss = learn(training)(images, [0, classes - 1]);
            predict(network)(images, logits.AsSpan(Published.Rows * classes));
            return (logits, loss);
        });
    }

    private static (float[] Predicted, float Loss) ReadHouseNumbers()
    {
        var images = Published.Random(Published.Rows * 3 * 54 * 54);
        var (lengths, digits) = (new float[Published.Rows * 7], new float[Published.Rows * 50]);
        using var network = new HouseNumbers(seed: 1);
        using var training = network.Train(Step, Published.Rows);
        // The numbers 12 and 5.
        var loss = training.Learn(images, [2, 1], [1, 2, 0, 0, 0, 5, 0, 0, 0, 0], [1, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
        network.Read(images, lengths, digits);
        return ([.. lengths, .. digits], loss);
    }

    private static (float[] Predicted, float Loss) RebuildImages()
    {
        var images = Published.Random(Published.Rows * 784);
        var rebuilt = new float[images.Length];
        using var network = new ConvolutionalAutoEncoder(seed: 1);
        using var training = network.Train(Step, Published.Rows);
        var loss = training.Learn(images);
        network.Rebuild(images, rebuilt);
        return (rebuilt, loss);
    }
}
