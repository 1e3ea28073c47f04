using System.CommandLine;
using System.CommandLine.Builder;
using System.CommandLine.Parsing;
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
Between(epochs, 1, 10_000);
Between(threads, 0, 1024);

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
        context.ExitCode = await Run(model, bench, Value(epochs), Value(folder).FullName);
    });
    root.AddCommand(command);
}
if (args.Length == 0)
{
    foreach (var (name, about, _) in Model.All)
        Console.WriteLine($"{name,-4} {about}");
    return 0;
}
var parsed = new CommandLineBuilder(root).UseDefaults().Build().Parse(args);
if (parsed.Errors is [var wrong, ..])
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
return await parsed.InvokeAsync();

static async Task<int> Run(Model model, Bench bench, int epochs, string folder)
{
    try
    {
        Directory.CreateDirectory(folder);
        var outcome = await model.Run(bench, epochs, (name, sheet) =>
        {
            var path = Path.Combine(folder, $"{model.Name}-{name}.png");
            sheet.Write(path);
            Console.Error.WriteLine(path);
        });
        Console.Write(outcome.Table.ToMarkdown());
        outcome.Write(folder, model.Name);
        Console.Error.WriteLine($"{Path.Combine(folder, model.Name)}.svg, .md, .csv");
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

static void Between(Option<int> option, int least, int most) => option.AddValidator(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && (number < least || number > most))
        result.ErrorMessage = $"--{option.Name} must be from {least} to {most}";
});
