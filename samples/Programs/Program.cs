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
    var value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--help" or "-h":
            return Usage();
        case "--data" or "--out" or "--effort" when string.IsNullOrEmpty(value):
            return Refuse($"{args[i]} needs a value");
        case "--data":
            (data, i) = (value, i + 1);
            break;
        case "--out":
            (folder, i) = (value!, i + 1);
            break;
        case "--effort" when double.TryParse(value, out effort) && effort is > 0 and <= 1000:
            i++;
            break;
        case "--effort":
            return Refuse($"--effort {value}: expected a number above 0, at most 1000");
        case var name when samples.Any(sample => sample.Name == name):
            wanted.Add(name);
            break;
        default:
            return Refuse($"'{args[i]}' is no program and no option; --help lists them");
    }
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

static int Refuse(string why)
{
    Console.Error.WriteLine(why);
    return 2;
}

int Usage()
{
    Console.WriteLine("usage: programs [name …] [--data folder of MNIST] [--out folder of the pictures] [--effort factor]");
    foreach (var (name, about, _) in samples)
        Console.WriteLine($"  {name,-12} {about}");
    return 0;
}
