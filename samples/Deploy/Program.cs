using Kiln.Data;
using Kiln.Samples.Deploy;
using Kiln.Samples.Mnist;

if (args is ["--bits"])
{
    SelfCheck.Run();
    return 0;
}

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: digits WEIGHTS FILE\n  WEIGHTS  what samples/Mnist saved with --network lenet --save\n  FILE     images in IDX format (.gz or not), or one 28×28 image in PGM format\n\n       digits --bits\n  a self-check: prints fingerprints that are the same wherever the program runs, compiled ahead of time or just in time");
    return 2;
}

try
{
    using var net = LeNet5.Load(args[0]);
    var images = ReadImages(args[1]);
    using var output = new StreamWriter(Console.OpenStandardOutput());
    Span<float> scores = stackalloc float[10];
    for (var first = 0; first < images.Length; first += 784)
    {
        net.Predict(images.AsSpan(first, 784), scores);
        Softmax(scores);
        WriteAnswer(output, scores);
    }
    return 0;
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

// Pixels of one or many images, 784 each.
static byte[] ReadImages(string path)
{
    using (var file = File.OpenRead(path))
    {
        if (file.ReadByte() == 'P')
        {
            file.Close();
            var image = PgmImage.Read(path);
            return image is { Width: 28, Height: 28 } ? image.Pixels : throw new InvalidDataException($"{path}: expected 28×28 pixels, but the image has {image.Width}×{image.Height}");
        }
    }
    var images = IdxFile.Read(path);
    return images.Shape is [_, 28, 28] or [28, 28] ? images.Values : throw new InvalidDataException($"{path}: expected images of 28×28 pixels, but its sizes are {string.Join("×", images.Shape.ToArray())}");
}

static void Softmax(Span<float> scores)
{
    var largest = scores[0];
    foreach (var score in scores)
        largest = Math.Max(largest, score);
    var sum = 0f;
    foreach (ref var score in scores)
        sum += score = MathF.Exp(score - largest);
    foreach (ref var score in scores)
        score /= sum;
}

static void WriteAnswer(TextWriter output, ReadOnlySpan<float> probabilities)
{
    var best = 0;
    for (var c = 1; c < probabilities.Length; c++)
    {
        if (probabilities[c] > probabilities[best])
            best = c;
    }
    output.Write(best);
    foreach (var probability in probabilities)
        output.Write($"\t{probability:F4}");
    output.WriteLine();
}
