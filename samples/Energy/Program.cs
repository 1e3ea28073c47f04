using System.CommandLine;
using System.Globalization;
using Kiln.Samples.Energy;
using Kiln.Samples.Experiments;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Two models that write digits of their own: a restricted Boltzmann machine and a variational auto-encoder. Each prints its table, and writes it and pictures into a folder.
var data = new Option<DirectoryInfo?>("--data", "Folder with the four files of MNIST (.gz or unpacked). Without it, the program draws digits itself.");
var folder = new Option<DirectoryInfo>("--out", () => new DirectoryInfo("energy"), "Folder for the tables and pictures.");
var epochs = new Option<int>("--epochs", () => 10, "Passes over the training digits.");
var quick = new Option<bool>("--quick", "Do little, to see that it works. The figures are worth nothing then.");
var seed = new Option<ulong>("--seed", () => 1, "Chooses initial weights, the order of the digits and what is drawn.");
var threads = new Option<int>("--threads", () => 0, "Threads, at most 1024; 0 for one per processor. Results do not depend on it.");
epochs.Between(1, 10_000);
threads.Between(0, 1024);

var root = new RootCommand("Models that write digits of their own. Each prints its table, and writes it and pictures into a folder.");
foreach (var option in (Option[])[data, folder, epochs, quick, seed, threads])
    root.AddGlobalOption(option);
foreach (var model in Model.All)
{
    var command = new Command(model.Name, model.About);
    command.SetHandler(async context =>
    {
        T Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option)!;
        var bench = new Bench(Value(data)?.FullName, Value(quick), Value(seed), Value(threads), context.GetCancellationToken());
        var path = Value(folder).FullName;
        context.ExitCode = await Commands.Guarded(async () =>
        {
            Directory.CreateDirectory(path);
            (await model.Run(bench, Value(epochs), (name, sheet) =>
            {
                var file = Path.Combine(path, $"{model.Name}-{name}.png");
                sheet.Write(file);
                Console.Error.WriteLine(file);
            })).Show(path, model.Name);
        });
    });
    root.AddCommand(command);
}
return await root.Run(args);
