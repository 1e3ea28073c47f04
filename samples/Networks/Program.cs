using System.Diagnostics;
using System.Globalization;
using Kiln.Samples.Networks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Networks at their published sizes, a file each under Published, written as in their papers' tables.
switch (args)
{
    case [] or ["--help" or "-h"]:
        return Usage();
    case ["list"]:
        foreach (var network in Catalogue.All)
            Console.WriteLine($"{network.Name,-24} {network.Input,10} {network.Parameters,12}{(network.IsLarge ? "  large" : "")}");
        return 0;
    case ["check"]:
        return Check(Catalogue.All.Where(network => !network.IsLarge));
    case ["check", .. var names]:
        var wanted = new List<Published>();
        foreach (var name in names)
        {
            if (Catalogue.All.FirstOrDefault(network => network.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } network)
                return Refuse($"'{name}' is no network; list tells their names");
            wanted.Add(network);
        }
        return Check(wanted);
    case ["cifar", var folder, .. var numbers]:
        return await TrainOnCifar(folder, numbers);
    case ["see", .. var arguments]:
        return await See(arguments);
    case ["sizes", .. var folder] when folder.Length < 2:
        return await Attempt(() => SizesExperiment.Run(folder.FirstOrDefault()));
    default:
        return Refuse($"'{string.Join(' ', args)}' is no command; --help lists them");
}

static int Check(IEnumerable<Published> networks)
{
    var wrong = 0;
    foreach (var network in networks)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var loss = network.Check();
            Console.WriteLine($"{network.Name,-24} finite, loss {loss,9:F4}  ({clock.Elapsed.TotalSeconds:F1} s)");
        }
        catch (ArithmeticException error)
        {
            Console.WriteLine($"{network.Name,-24} NOT FINITE: {error.Message}");
            wrong = 1;
        }
        catch (OutOfMemoryException error)
        {
            Console.Error.WriteLine($"{network.Name}: {error.Message}");
            return 1;
        }
    }
    return wrong;
}

static async Task<int> TrainOnCifar(string folder, string[] numbers)
{
    var (epochs, seed) = (60, 1UL);
    if (numbers.Length > 2 || numbers.Length > 0 && !(int.TryParse(numbers[0], out epochs) && epochs > 0) || numbers.Length > 1 && !ulong.TryParse(numbers[1], out seed))
        return Refuse($"'{string.Join(' ', numbers)}': expected the epochs, at least 1, and a seed");
    return await Attempt(() => CifarExperiment.Run(folder, epochs, seed));
}

static async Task<int> See(string[] arguments)
{
    try
    {
        var command = SeeCommand.Parse(arguments);
        return await Attempt(command.Run);
    }
    catch (ArgumentException error)
    {
        return Refuse(error.Message);
    }
}

// Files may be missing, broken or in the way.
static async Task<int> Attempt(Func<Task> work)
{
    try
    {
        await work();
        return 0;
    }
    catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointException)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
}

static int Refuse(string why)
{
    Console.Error.WriteLine(why);
    return 2;
}

static int Usage()
{
    Console.WriteLine("""
        usage: networks list            names, inputs, trained parameters
               networks check           a prediction and a step of training by every small network, and whether all numbers are finite
               networks check name …    the same by these networks; the large ones take gigabytes and up to minutes
               networks cifar folder [epochs [seed]]
                                        trains ResNet20 on CIFAR-10's binary files in the folder, 60 epochs with the seed 1 by default
               networks see page.html [--data folder] [--epochs n] [--load weights] [--save weights]
                                        trains a small network on digits made here, or on MNIST or CIFAR-10 in the folder, 2 epochs by default, none
                                        if weights are loaded; and writes a page of its filters, its feature maps and what excites its units
               networks sizes [folder]  learns digits of 28×28 pixels, made here or MNIST's, and reads them on canvases of 40×40 with the same weights
        """);
    return 0;
}
