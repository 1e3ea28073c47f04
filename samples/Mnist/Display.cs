using Spectre.Console;

namespace Kiln.Samples.Mnist;

/// <summary>Shows how the training comes along: a live bar for each epoch on a terminal, a plain line for each epoch elsewhere.</summary>
internal static class Display
{
    public static async Task Show(int epochs, Func<Epoch, Task> run)
    {
        if (Console.IsOutputRedirected)
        {
            for (var number = 1; number <= epochs; number++)
                await run(new Epoch(number, progress => WriteLine(number, epochs, progress)));
            return;
        }

        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                for (var number = 1; number <= epochs; number++)
                {
                    var name = $"epoch {number}/{epochs}";
                    var bar = context.AddTask(name);
                    await run(new Epoch(number, progress =>
                    {
                        (bar.MaxValue, bar.Value) = (progress.Steps, progress.Step);
                        bar.Description = $"{name}  {Describe(progress)}";
                    }));
                }
            });
    }

    private static void WriteLine(int number, int epochs, TrainingProgress progress)
    {
        if (progress.Validation is not null)
            Console.WriteLine($"epoch {number}/{epochs}  {Describe(progress)}");
    }

    private static string Describe(TrainingProgress progress) =>
        $"loss {progress.Loss:F4}  {(progress.Validation is { } accuracy ? $"accuracy {100 * accuracy:F2}%  " : "")}{progress.SamplesPerSecond:N0} images/s";
}

/// <summary>Receives the progress of one epoch, in the training's own thread and order.</summary>
internal sealed class Epoch(int number, Action<TrainingProgress> show) : IProgress<TrainingProgress>
{
    public int Number => number;

    public void Report(TrainingProgress value) => show(value);
}
