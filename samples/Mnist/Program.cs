using System.CommandLine;
using System.CommandLine.Builder;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Kiln.Gpu;
using Kiln.Samples.Mnist;

var data = new Option<DirectoryInfo?>("--data", "Folder with the four files of MNIST (.gz or unpacked). Without it, the program draws digits itself.");
var network = new Option<string>("--network", () => "lenet", "What to train.").FromAmong("mlp", "lenet");
var epochs = new Option<int>("--epochs", () => 5, "Passes over the training images.");
var batch = new Option<int>("--batch", "Images per step. [default: 16 for lenet, 64 for mlp]");
var seed = new Option<ulong>("--seed", () => 1, "Chooses initial weights and the order of the images.");
var threads = new Option<int>("--threads", () => 0, "Threads; 0 for one per processor. Results do not depend on it.");
var device = new Option<string>("--device", () => "cpu", "Where it computes.").FromAmong("cpu", "cuda", "opencl");
var augment = new Option<bool>("--augment", "Shift, turn, scale and deform the training images, anew in every epoch.");
var changed = new Option<bool>("--changed", "Also measure the test images shifted, turned and scaled.");
var save = new Option<FileInfo?>("--save", "File for the trained weights (safetensors).");
var predictions = new Option<FileInfo?>("--predictions", "File for the predicted class of every test image, one per line.");
var report = new Option<FileInfo?>("--report", "File for a report of the training (HTML).");
var tensorBoard = new Option<DirectoryInfo?>("--tensorboard", "Folder for an event file that TensorBoard shows.");
AtLeast(epochs, 1);
AtLeast(batch, 1);
AtLeast(threads, 0);
AtMost(threads, 1024);
InAnExistingFolder(save);
InAnExistingFolder(predictions);
InAnExistingFolder(report);

var command = new RootCommand("Trains a network on handwritten digits. Ctrl-C ends the training; what it has reached is measured and kept.") { data, network, epochs, batch, seed, threads, device, augment, changed, save, predictions, report, tensorBoard };
command.SetHandler(async context =>
{
    T Value<T>(Option<T> option) => context.ParseResult.GetValueForOption(option)!;
    var settings = new Settings(Value(data)?.FullName, Value(network), Value(epochs), context.ParseResult.FindResultFor(batch) is null ? null : Value(batch), Value(seed), Value(threads), Value(device), Value(augment), Value(changed), Value(save)?.FullName, Value(predictions)?.FullName, Value(report)?.FullName, Value(tensorBoard)?.FullName);
    context.ExitCode = await Run(settings, context);
});
var parsed = new CommandLineBuilder(command).UseDefaults().Build().Parse(args);
if (parsed.Errors is [var wrong, ..])
{
    Tell(wrong.Message);
    return 2;
}
return await parsed.InvokeAsync();

static async Task<int> Run(Settings settings, InvocationContext context)
{
    try
    {
        return await Experiment.Run(settings, context.GetCancellationToken()) ? 0 : 130;
    }
    catch (OperationCanceledException)
    {
        Tell("cancelled");
        return 130;
    }
    catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or OutOfMemoryException or NonFiniteException or DeviceException)
    {
        Tell(error.Message);
        return 1;
    }
}

// In one line, whatever was wrong.
static void Tell(string message) => Console.Error.WriteLine(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

static void AtLeast(Option<int> option, int least) => option.AddValidator(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < least)
        result.ErrorMessage = $"--{option.Name} must be at least {least}";
});

static void AtMost(Option<int> option, int most) => option.AddValidator(result =>
{
    if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number > most)
        result.ErrorMessage = $"--{option.Name} must be at most {most}";
});

// Better told now than after the training.
static void InAnExistingFolder(Option<FileInfo?> option) => option.AddValidator(result =>
{
    if (result.Tokens is [var token] && (token.Value == "" || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(token.Value)))))
        result.ErrorMessage = $"--{option.Name}: there is no folder for '{token.Value}'";
    else if (result.Tokens is [var folder] && Directory.Exists(folder.Value))
        result.ErrorMessage = $"--{option.Name}: '{folder.Value}' is a folder";
});
