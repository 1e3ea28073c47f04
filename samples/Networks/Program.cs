using System.Diagnostics;
using Kiln.Samples.Networks;

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
        """);
    return 0;
}
