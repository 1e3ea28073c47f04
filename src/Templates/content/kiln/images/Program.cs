using Kiln;
using Kiln.Data;

// Handwritten-like digits that the library draws. ImageSet.LoadMnist reads real ones.
var train = Digits.Generate(6_000, seed: 1);
var test = Digits.Generate(1_000, seed: 2);

using (var net = new Network(seed: 1))
using (var training = net.Train(new Adam(1e-3), batch: 50))
{
    foreach (var epoch in await training.Fit(train, epochs: 3, validation: test))
        Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}, validation accuracy {epoch.Validation:P1}");
    net.Save("network.safetensors");
}

using var loaded = Network.Load("network.safetensors");
var scores = new float[10];
loaded.Predict(test.Images[..(28 * 28)], scores);
Console.WriteLine($"the first test image shows {Array.IndexOf(scores, scores.Max())}, and is labelled {test.Labels[0]}");
