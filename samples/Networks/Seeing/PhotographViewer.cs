namespace Kiln.Samples.Networks;

/// <summary>Photographs of 32×32 pixels in colour. A program predicts, one shows all layers, one learns, and four move no weight but a picture until it excites a unit.</summary>
[Network]
public sealed partial class PhotographViewer : IViewer
{
    [Shared] static (Tensor First, Tensor Second, Tensor Third, Tensor Scores) All(Tensor image) => Layers.Of(image);

    [Predict] static Tensor Scores([Bytes(Mean = 120.7, Scale = 1 / 64.1), Shape(3, 32, 32)] Tensor image) => All(image).Scores;

    [Predict]
    static (Tensor First, Tensor Second, Tensor Third, Tensor Scores) See([Bytes(Mean = 120.7, Scale = 1 / 64.1), Shape(3, 32, 32)] Tensor image) => All(image);

    [Learn]
    static Loss Classify([Bytes(Mean = 120.7, Scale = 1 / 64.1), Shape(3, 32, 32)] Tensor image, [Classes(Layers.Classes)] Labels label) => All(image).Scores.CrossEntropy(label);

    [Learn]
    static Loss ExciteFirst([Optimized, Shape(3, 32, 32)] Tensor picture, [Classes(Layers.First)] Labels map) => Layers.Excite(All(picture).First, map, picture);

    [Learn]
    static Loss ExciteSecond([Optimized, Shape(3, 32, 32)] Tensor picture, [Classes(Layers.Second)] Labels map) => Layers.Excite(All(picture).Second, map, picture);

    [Learn]
    static Loss ExciteThird([Optimized, Shape(3, 32, 32)] Tensor picture, [Classes(Layers.Third)] Labels map) => Layers.Excite(All(picture).Third, map, picture);

    [Learn]
    static Loss ExciteScore([Optimized, Shape(3, 32, 32)] Tensor picture, [Classes(Layers.Classes)] Labels score) =>
        Layers.ExciteScore(All(picture).Scores, score, picture);

    internal static Viewer Start()
    {
        var network = new PhotographViewer(seed: 1, Viewer.Batch);
        var training = network.Train(Viewer.Batch, classify: new Adam(1e-3), exciteFirst: Viewer.Ascent, exciteSecond: Viewer.Ascent, exciteThird: Viewer.Ascent, exciteScore: Viewer.Ascent);
        return new(network, training, training.FitClassify, [training.ExciteFirst, training.ExciteSecond, training.ExciteThird, training.ExciteScore]);
    }
}
