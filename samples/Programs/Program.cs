using Kiln.Data;
using Kiln.Samples.Programs;

// Networks that are more than a stack: several programs over shared weights, explicit updates, gradients inside the loss.
// Each learns on digits and writes what it has learned as a picture.
var samples = new (string Name, string About, Action<Sample> Run)[]
{
    ("perceptron", "ten perceptrons by Rosenblatt's explicit updates; their weights as pictures", Perceptrons.Run),
    ("adaline", "ten ADALINEs by the rule of Widrow and Hoff; their weights as pictures", Adalines.Run),
    ("sparse", "an auto-encoder with tied weights and a sparse code; digits above, rebuilt below", SparseAutoEncoder.Run),
    ("contractive", "an auto-encoder whose code resists small changes of its input", ContractiveAutoEncoder.Run),
    ("excite", "the inputs that most excite each class of a classifier", Imagination.Run),
    ("gan", "a generator and a critic, each with its own program and optimizer; digits never written", DigitGan.Run),
};

var (data, folder, effort) = ((string?)null, ".", 1.0);
var wanted = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--data" && i + 1 < args.Length)
        data = args[++i];
    else if (args[i] == "--out" && i + 1 < args.Length)
        folder = args[++i];
    else if (args[i] == "--effort" && i + 1 < args.Length && double.TryParse(args[i + 1], out effort) && effort > 0)
        i++;
    else if (samples.Any(sample => sample.Name == args[i]))
        wanted.Add(args[i]);
    else
        return Usage();
}

try
{
    Directory.CreateDirectory(folder);
    var digits = data is null ? Digits.Generate(10_000, seed: 1) : ImageSet.LoadMnist(data).Train;
    if (digits is not { Height: 28, Width: 28, Count: >= Sample.Batch })
        throw new InvalidDataException($"{data}: expected at least {Sample.Batch} images of 28×28 pixels, but there are {digits.Count} of {digits.Height}×{digits.Width}");
    foreach (var (name, about, run) in samples.Where(sample => wanted.Count == 0 || wanted.Contains(sample.Name)))
    {
        Console.WriteLine($"{name}: {about}");
        run(new Sample(digits, Path.Combine(folder, name + ".pgm"), effort));
    }
    return 0;
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or NonFiniteException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

int Usage()
{
    Console.Error.WriteLine("usage: programs [name …] [--data folder of MNIST] [--out folder of the pictures] [--effort factor]");
    foreach (var (name, about, _) in samples)
        Console.Error.WriteLine($"  {name,-12} {about}");
    return 2;
}
