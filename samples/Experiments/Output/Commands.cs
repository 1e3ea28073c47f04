using System.CommandLine;
using System.CommandLine.Builder;
using System.CommandLine.Parsing;

namespace Kiln.Samples.Experiments;

/// <summary>What the commands of the samples have in common.</summary>
internal static class Commands
{
    private const int Failed = 1, Refused = 2, Cancelled = 130;

    /// <summary>Refuses whole numbers outside a range.</summary>
    /// <param name="option">The option.</param>
    /// <param name="least">The least that it takes.</param>
    /// <param name="most">The most.</param>
    public static void Between(this Option option, int least, int most = int.MaxValue) => option.AddValidator(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && (number < least || number > most))
            result.ErrorMessage = $"{option.Aliases.First()} must be {(most == int.MaxValue ? $"at least {least}" : $"from {least} to {most}")}";
    });

    /// <summary>Runs what the arguments say. Without arguments the commands are listed; what is wrong with the arguments is said in one line.</summary>
    /// <returns>The exit code of the program.</returns>
    public static async Task<int> Run(this RootCommand root, string[] args)
    {
        if (args.Length == 0)
        {
            var width = root.Subcommands.Max(command => command.Name.Length);
            foreach (var command in root.Subcommands)
                Console.WriteLine($"{command.Name.PadRight(width)} {command.Description}");
            return 0;
        }
        var parsed = new CommandLineBuilder(root).UseDefaults().Build().Parse(args);
        if (parsed.Errors is not [var wrong, ..]) return await parsed.InvokeAsync();
        Console.Error.WriteLine(wrong.Message);
        return Refused;
    }

    /// <summary>Does a command's work. What goes wrong with files, data and numbers is said in one line.</summary>
    /// <returns>The exit code of the command.</returns>
    public static async Task<int> Guarded(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("cancelled");
            return Cancelled;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or OutOfMemoryException or NonFiniteException)
        {
            Console.Error.WriteLine(error.Message);
            return Failed;
        }
    }

    /// <summary>Prints a table, and writes it and its picture.</summary>
    public static void Show(this Outcome outcome, string folder, string name)
    {
        Console.Write(outcome.Table.ToMarkdown());
        outcome.Write(folder, name);
        Console.Error.WriteLine($"{Path.Combine(folder, name)}.svg, .md, .csv");
    }
}
