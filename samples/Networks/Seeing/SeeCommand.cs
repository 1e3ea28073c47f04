using System.Globalization;
using Kiln.Data;

namespace Kiln.Samples.Networks;

/// <summary>The command <c>see</c>: trains a small convolutional network, or loads one, and writes a page of what it sees.</summary>
/// <param name="Page">File for the page.</param>
/// <param name="Data">Folder of MNIST or CIFAR-10; null: digits made here.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Load">Weights to start from; null: initial ones.</param>
/// <param name="Save">File for the weights; null: not kept.</param>
internal sealed record SeeCommand(string Page, string? Data, int Epochs, string? Load, string? Save)
{
    private static readonly string[] Photographs = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The command that arguments make.</summary>
    /// <exception cref="ArgumentException">They make none: the message says why.</exception>
    public static SeeCommand Parse(ReadOnlySpan<string> arguments)
    {
        if (arguments is [] || arguments[0].StartsWith('-')) throw new ArgumentException("see: expected the page's file first");
        var command = new SeeCommand(CheckFile("the page", arguments[0]), Data: null, Epochs: -1, Load: null, Save: null);
        for (var i = 1; i < arguments.Length; i += 2)
        {
            var option = arguments[i];
            if (option is not ("--data" or "--epochs" or "--load" or "--save")) throw new ArgumentException($"see: '{option}' is no option; --help lists them");
            if (i + 1 == arguments.Length || arguments[i + 1] == "") throw new ArgumentException($"see: {option} needs a value");
            var value = arguments[i + 1];
            command = option switch
            {
                "--data" => command with { Data = value },
                "--load" => command with { Load = value },
                "--save" => command with { Save = CheckFile(option, value) },
                _ when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epochs) => command with { Epochs = epochs },
                _ => throw new ArgumentException($"see: --epochs {value}: expected a number of at least 0"),
            };
        }
        return command.Epochs >= 0 ? command : command with { Epochs = command.Load is null ? 2 : 0 };
    }

    /// <summary>Trains, looks and writes.</summary>
    /// <exception cref="IOException">A file cannot be read or written; also the exceptions of <see cref="ImageSet"/> and of checkpoints.</exception>
    public async Task Run()
    {
        var (train, test) = Data is null ? (Digits.Generate(6000, seed: 1), Digits.Generate(1000, seed: 2)) : IsCifar(Data) ? ImageSet.LoadCifar10(Data) : ImageSet.LoadMnist(Data);
        var inColour = test.Channels == 3;
        using var viewer = inColour ? PhotographViewer.Start() : DigitViewer.Start();
        if (Load is not null) viewer.Network.LoadWeights(Load);
        if (Epochs > 0)
        {
            foreach (var epoch in await viewer.Fit(train, Epochs, null, test, null, null, CancellationToken.None))
                Console.WriteLine($"epoch {epoch.Epoch}/{Epochs}  loss {epoch.Loss:F4}  accuracy {100 * epoch.Validation:F2}%");
        }
        if (Save is not null) viewer.Network.Save(Save);

        var accuracy = viewer.Network.Accuracy(test);
        var images = inColour ? "photographs of CIFAR-10" : Data is null ? "digits that the library draws" : "digits of MNIST";
        var story = $"A network of three convolutions and a dense layer{(Load is null ? "" : ", loaded from a checkpoint")}"
            + $"{(Epochs == 0 ? "" : $", trained for {English.Count(Epochs, "epoch")} on {train.Count:N0} {images}")}. "
            + $"Of {test.Count:N0} {images}, kept for the test, {100 * accuracy:F1}% are classified right.";
        await File.WriteAllTextAsync(Page, new ViewerPage(viewer, train, test, inColour ? Photographs : [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]).Write(story));
        Console.WriteLine($"{story}\n{Page}");
    }

    private static bool IsCifar(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "data_batch_*").Any();

    /// <summary>A file that can be written, found out before hours of training.</summary>
    private static string CheckFile(string what, string path)
    {
        if (Directory.Exists(path)) throw new ArgumentException($"see: {what}: '{path}' is a folder; a file was expected");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(folder) ? path : throw new ArgumentException($"see: {what}: there is no folder '{folder}'");
    }
}
