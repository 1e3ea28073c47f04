using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kiln.Seeing;

/// <summary>The part of a terminal that is drawn again and again. Spectre's live display lasts as long as a task; this one begins and ends by calls.</summary>
internal sealed class LiveRegion
{
    private readonly TaskCompletionSource _end = new();
    private LiveDisplayContext? _context;
    private Task _display = Task.CompletedTask;

    private LiveRegion()
    {
    }

    public static LiveRegion Start(IAnsiConsole console, IRenderable content)
    {
        var region = new LiveRegion();
        // It runs on this thread up to the first await, so the context is there when the call returns.
        region._display = console.Live(content).StartAsync(context =>
        {
            region._context = context;
            context.Refresh();
            return region._end.Task;
        });
        if (region._display.IsFaulted) region._display.GetAwaiter().GetResult();
        return region;
    }

    public void Show(IRenderable content) => _context?.UpdateTarget(content);

    /// <summary>Draws a last time and leaves the terminal as it was, with a cursor.</summary>
    public void End(IRenderable content)
    {
        Show(content);
        _end.SetResult();
        _display.GetAwaiter().GetResult();
    }

    /// <summary>Ends it where the console has failed.</summary>
    public void Abandon()
    {
        _end.TrySetResult();
        // Its exception is the one that is known.
        _ = _display.Exception;
    }
}
