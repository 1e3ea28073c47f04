using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Kiln.Samples.Experiments;
using Kiln.Samples.Recurrent;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Networks over time. Each command makes its data itself; --data takes real ones.
var data = new Option<string?>("--data", "char-rnn: a text, or a folder with tinyshakespeare.txt; mnist-rows, digit-strings: a folder with the four files of MNIST. Without it, the program makes its data itself.");
var folder = new Option<DirectoryInfo>("--out", () => new DirectoryInfo("recurrent"), "Folder for the tables and pictures.");
var quick = new Option<bool>("--quick", "Do little, to see that it works. The figures are worth nothing then.");
var seed = new Option<ulong>("--seed", () => 1, "Chooses initial weights, the order of samples, and what is made or drawn.");
var threads = new Option<int>("--threads", () => 0, "Threads, at most 1024; 0 for one per processor. Results do not depend on it.");
var network = new Option<string?>("--network", "mnist-rows, adding, long-lag, dates: only the networks in whose name this is.");
var epochs = new Option<int>("--epochs", () => 10, "Passes over the text.");
var checkpoints = new Option<DirectoryInfo?>("--checkpoints", "Folder for checkpoints; a training that was cut short goes on from the newest.");
var save = new Option<FileInfo?>("--save", "File for the weights, for generate.");
var minutes = new Option<double?>("--minutes", "Ends the training after so long; with --checkpoints it goes on another time.");
var steps = new Option<int?>("--steps", "Ends the training after so many steps.");
var load = new Option<FileInfo>("--load", "What char-rnn saved.") { IsRequired = true };
var beginning = new Option<string>("--beginning", () => "\n", "What the text begins with.");
var count = new Option<int>("--count", () => 500, "Characters to write.");
var temperature = new Option<double>("--temperature", () => 0.8, "What the scores are divided by: 0 takes the most probable character each time.");
threads.Between(0, 1024);
epochs.Between(1);
count.Between(1);
steps.Between(1);
minutes.AddValidator(result =>
{
    if (result.Tokens is [var token] && double.TryParse(token.Value, out var number) && !(number is > 0.001 and < 100_000))
        result.ErrorMessage = "--minutes must be from 0.001 to 100000";
});

var root = new RootCommand("Networks over time: sequences, recurrent layers, states and streams.");
foreach (var option in (Option[])[data, folder, quick, seed, threads, network])
    root.AddGlobalOption(option);
foreach (var (name, about, run) in Catalogue.Experiments)
    root.AddCommand(Experiment(name, about, run));
var text = new Command("char-rnn", "three layers of LSTM learn a text character by character (long)") { epochs, checkpoints, save, minutes, steps };
text.SetHandler(context => Guarded(context, async bench =>
{
    T? Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option);
    using var training = new CharRnnTraining(bench, new(Value(epochs), Value(checkpoints)?.FullName, Value(save)?.FullName, Value(minutes), Value(steps)));
    Console.WriteLine(FormattableString.Invariant($"{await training.Run():F4} nats per character of text that was not learned from"));
}));
root.AddCommand(text);
var generate = new Command("generate", "writes a text by what char-rnn saved, character by character") { load, beginning, count, temperature };
generate.SetHandler(context => Guarded(context, bench =>
{
    T? Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option);
    using var net = CharRnn.Load(Value(load)!.FullName, threads: bench.Threads);
    new Writer(net, new Sampler(bench.Seed, Value(temperature))).Write(Value(beginning)!, Value(count), Console.Out);
    return Task.CompletedTask;
}));
root.AddCommand(generate);

return await root.Run(args);

Command Experiment(string name, string about, Func<Bench, Task<Outcome>> run)
{
    var command = new Command(name, about);
    command.SetHandler(context => Guarded(context, async bench =>
    {
        var outcome = await run(bench);
        if (outcome.Table.Rows.Count == 0) throw new ArgumentException($"{name}: expected a part of a network's name, but none has '{bench.Network}'");
        outcome.Show(context.ParseResult.GetValueForOption(folder)!.FullName, name);
    }));
    return command;
}

async Task Guarded(InvocationContext context, Func<Bench, Task> run)
{
    T? Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option);
    var bench = new Bench(Value(data), Value(quick), Value(seed), Value(threads), context.GetCancellationToken(), Value(network));
    context.ExitCode = await Commands.Guarded(() => run(bench));
}
