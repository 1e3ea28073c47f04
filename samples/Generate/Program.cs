using System.Globalization;
using Kiln.Samples.Recurrent;

if (args.Length is < 1 or > 5)
{
    Console.Error.WriteLine("usage: generate WEIGHTS [BEGINNING [COUNT [TEMPERATURE [SEED]]]]\n  WEIGHTS  what samples/Recurrent char-rnn saved with --save\n  The text of COUNT characters, 500 unless told, comes character by character. TEMPERATURE is 0.8 unless told, SEED 1.");
    return 2;
}

try
{
    var beginning = args.Length > 1 ? args[1] : "\n";
    var count = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 500;
    var temperature = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 0.8;
    var seed = args.Length > 4 ? ulong.Parse(args[4], CultureInfo.InvariantCulture) : 1;
    using var net = CharRnn.Load(args[0]);
    new Writer(net, new Kiln.Sampler(seed, temperature)).Write(beginning, count, Console.Out);
    return 0;
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or FormatException or OverflowException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
