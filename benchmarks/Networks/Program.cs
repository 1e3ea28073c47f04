using System.Globalization;
using Kiln.NetworkCosts;

// generator FOLDER NAME…: the generator's time and the lines it emits; source FOLDER NAME: the network alone; emit FOLDER NAME OUT: the emitted files.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["generator", var folder, .. var names] when names.Length > 0:
        foreach (var name in names)
        {
            var run = GeneratorRun.Measure(PublishedNetwork.Source(folder, name), runs: 5);
            var lines = run.Files.Select(file => (file.Name, Lines: file.Text.AsSpan().TrimEnd().Count('\n') + 1)).ToList();
            Console.WriteLine($"{name}: generator {run.Time.TotalSeconds:F2} s, {lines.Sum(file => file.Lines):N0} emitted lines, {run.Files.Sum(file => file.Text.Length) / 1024.0:N0} KiB"
                + $" ({string.Join(", ", lines.Select(file => $"{file.Name} {file.Lines:N0}"))})");
        }
        return 0;
    case ["source", var folder, var name]:
        Console.Write(PublishedNetwork.Source(folder, name));
        return 0;
    case ["emit", var folder, var name, var output]:
        Directory.CreateDirectory(output);
        foreach (var (file, text) in GeneratorRun.Measure(PublishedNetwork.Source(folder, name), runs: 1).Files)
            File.WriteAllText(Path.Combine(output, file), text);
        return 0;
    default:
        Console.Error.WriteLine("usage: generator FOLDER NAME… | source FOLDER NAME | emit FOLDER NAME OUTPUT");
        return 2;
}
