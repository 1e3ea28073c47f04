namespace Kiln.Gpu.Compiler;

/// <summary>Errors of the build: one line each, to which the build adds the code and the project.</summary>
internal static class Errors
{
    /// <returns>The exit code.</returns>
    public static int Report(string message)
    {
        lock (Console.Out) Console.Out.WriteLine(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return 1;
    }
}
