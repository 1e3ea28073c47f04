using System.CommandLine;
using System.CommandLine.Builder;
using System.CommandLine.Parsing;
using System.Globalization;
using Kiln.Samples.Experiments;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Experiments that lectures on neural networks show, a file each. Each prints its table, and writes it and a picture into a folder.
var data = new Option<DirectoryInfo?>("--data", "Folder with the four files of MNIST (.gz or unpacked). Without it, the program draws digits itself.");
var folder = new Option<DirectoryInfo>("--out", () => new DirectoryInfo("experiments"), "Folder for the tables and pictures.");
var quick = new Option<bool>("--quick", "Do little, to see that it works. The figures are worth nothing then.");
var seed = new Option<ulong>("--seed", () => 1, "Chooses initial weights and the order of the digits.");
var threads = new Option<int>("--threads", () => 0, "Threads, at most 1024; 0 for one per processor. Results do not depend on it.");
threads.AddValidator(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 0 or > 1024)
        result.ErrorMessage = "--threads must be from 0 to 1024";
});

var root = new RootCommand("Experiments with neural networks. Each prints its table, and writes it and a picture into a folder.");
foreach (var option in (Option[])[data, folder, quick, seed, threads])
    root.AddGlobalOption(option);
foreach (var experiment in Catalogue.All)
{
    var command = new Command(experiment.Name, experiment.About);
    command.SetHandler(context =>
    {
        T Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option)!;
        var bench = new Bench(Value(data)?.FullName, Value(quick), Value(seed), Value(threads), context.GetCancellationToken());
        context.ExitCode = Run(experiment, bench, Value(folder).FullName);
    });
    root.AddCommand(command);
}
if (args.Length == 0)
{
    foreach (var (name, about, _) in Catalogue.All)
        Console.WriteLine($"{name,-14} {about}");
    return 0;
}
var parsed = new CommandLineBuilder(root).UseDefaults().Build().Parse(args);
if (parsed.Errors is [var wrong, ..])
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
return await parsed.InvokeAsync();

static int Run(Experiment experiment, Bench bench, string folder)
{
    try
    {
        var outcome = experiment.Run(bench);
        Console.Write(outcome.Table.ToMarkdown());
        outcome.Write(folder, experiment.Name);
        Console.Error.WriteLine($"{Path.Combine(folder, experiment.Name)}.svg, .md, .csv");
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("cancelled");
        return 130;
    }
    catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or OutOfMemoryException or Kiln.NonFiniteException)
    {
        Console.Error.WriteLine(error.Message);
        return 1;
    }
}
