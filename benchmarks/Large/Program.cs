using System.Diagnostics;
using Kiln.Large;

// resnet152 [checkpoint]: writes one where there is none, or else loads it, and predicts a grey image.
var image = new float[3 * 224 * 224];
Array.Fill(image, 0.5f);
var scores = new float[1000];

var clock = Stopwatch.StartNew();
using var network = args.Length > 0 && File.Exists(args[0]) ? ResNet152.Load(args[0]) : new ResNet152(seed: 1);
Console.WriteLine($"constructed: {clock.ElapsedMilliseconds} ms, {Environment.WorkingSet >> 20} MB");

clock.Restart();
network.Predict(image, scores);
Console.WriteLine($"first prediction: {clock.ElapsedMilliseconds} ms, {Environment.WorkingSet >> 20} MB, class {Array.IndexOf(scores, scores.Max())}");

if (args.Length > 0 && !File.Exists(args[0])) network.Save(args[0]);
