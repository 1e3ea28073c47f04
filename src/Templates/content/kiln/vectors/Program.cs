using Kiln;

var (points, arms) = Spirals.Generate(3_000, seed: 1);
var (otherPoints, otherArms) = Spirals.Generate(1_000, seed: 2);

using (var net = new Network(seed: 1))
using (var training = net.Train(new Adam(1e-2), batch: 50))
{
    foreach (var epoch in await training.Fit(points, arms, epochs: 20, validation: (otherPoints, otherArms)))
        Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}, validation accuracy {epoch.Validation:P1}");
    net.Save("network.safetensors");
}

using var loaded = Network.Load("network.safetensors");
var scores = new float[3];
loaded.Predict([-0.5f, 0f], scores);
Console.WriteLine($"the point (-0.5, 0) lies on arm {Array.IndexOf(scores, scores.Max())}");
