namespace Kiln.Gpu.Compiler;

/// <summary>An error of the build: one line, which MSBuild knows by its form.</summary>
internal static class BuildError
{
    public const string Code = "KILN904";

    /// <returns>The exit code.</returns>
    public static int Report(string project, string message)
    {
        lock (Console.Out) Console.Out.WriteLine($"{project} : error {Code}: {string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
        return 1;
    }
}
