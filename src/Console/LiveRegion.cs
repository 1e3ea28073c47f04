using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kiln.Seeing;

/// <summary>The part of a terminal that is drawn again and again. Spectre's live display lasts as long as a task; this one begins and ends by calls.</summary>
internal sealed class LiveRegion
{
    private readonly TaskCompletionSource _end = new();
    private LiveDisplayContext? _context;
    private Task _display = Task.CompletedTask;

    private readonly IAnsiConsole _console;

    private LiveRegion(IAnsiConsole console) => _console = console;

    public static LiveRegion Start(IAnsiConsole console, IRenderable content)
    {
        var region = new LiveRegion(console);
        // It runs on this thread up to the first await, so the context is there when the call returns.
        region._display = console.Live(content).AutoClear(true).StartAsync(context =>
        {
            region._context = context;
            context.Refresh();
            return region._end.Task;
        });
        if (region._display.IsFaulted) region._display.GetAwaiter().GetResult();
        return region;
    }

    public void Show(IRenderable content) => _context?.UpdateTarget(content);

    /// <summary>Replaces it by what stays, and shows the cursor again.</summary>
    public void End(IRenderable content)
    {
        _end.SetResult();
        _display.GetAwaiter().GetResult();
        _console.Write(content);
    }

    /// <summary>Ends it where the console has failed.</summary>
    public void Abandon()
    {
        _end.TrySetResult();
        // Its exception is the one that is known.
        _ = _display.Exception;
    }
}
