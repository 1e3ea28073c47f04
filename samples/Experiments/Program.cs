using System.CommandLine;
using System.Globalization;
using Kiln.Samples.Experiments;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Experiments that lectures on neural networks show, a file each. Each prints its table, and writes it and a picture into a folder.
var data = new Option<DirectoryInfo?>("--data", "Folder with the four files of MNIST (.gz or unpacked). Without it, the program draws digits itself.");
var folder = new Option<DirectoryInfo>("--out", () => new DirectoryInfo("experiments"), "Folder for the tables and pictures.");
var quick = new Option<bool>("--quick", "Do little, to see that it works. The figures are worth nothing then.");
var seed = new Option<ulong>("--seed", () => 1, "Chooses initial weights and the order of the digits.");
var threads = new Option<int>("--threads", () => 0, "Threads, at most 1024; 0 for one per processor. Results do not depend on it.");
threads.Between(0, 1024);

var root = new RootCommand("Experiments with neural networks. Each prints its table, and writes it and a picture into a folder.");
foreach (var option in (Option[])[data, folder, quick, seed, threads])
    root.AddGlobalOption(option);
foreach (var experiment in Catalogue.All)
{
    var command = new Command(experiment.Name, experiment.About);
    command.SetHandler(async context =>
    {
        T Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option)!;
        var bench = new Bench(Value(data)?.FullName, Value(quick), Value(seed), Value(threads), context.GetCancellationToken());
        context.ExitCode = await Commands.Guarded(() =>
        {
            experiment.Run(bench).Show(Value(folder).FullName, experiment.Name);
            return Task.CompletedTask;
        });
    });
    root.AddCommand(command);
}
return await root.Run(args);
