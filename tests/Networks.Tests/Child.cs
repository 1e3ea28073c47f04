using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Kiln;
using Kiln.Kernels;

namespace Networks.Tests;

/// <summary>This assembly once more, as a process of its own: for what is settled when a process starts, such as its instructions and its limits.</summary>
internal static class Child
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether this process multiplies and adds with one rounding.</summary>
    public static bool HasFma => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>What the process does.</summary>
    /// <param name="arguments">A job and what it is about.</param>
    public static void Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["train", .. var networks]:
                Console.WriteLine($"{Processor.VectorBits} {HasFma}");
                foreach (var network in networks)
                    foreach (var figures in Trainings.ByName(network).All) Console.WriteLine(Convert.ToHexString(MemoryMarshal.AsBytes<float>(figures)));
                break;
            case ["save", var path]:
                using (var net = new Mlp(seed: 2))
                using (var training = net.Train(new Adam(), batch: 1, threads: 1))
                {
                    Try(() => net.Save(path));
                    Try(() => training.Save(path));
                }
                break;
            case ["fit", var folder, var result]:
                Behaviour.Killed.FitFrom(folder, result, began: () => Console.WriteLine("saved"));
                break;
            case ["save for ever", var path]:
                using (var net = new Mlp(seed: 2))
                {
                    // Until somebody kills it.
                    for (net.Save(path), Console.WriteLine("saved"); ;) net.Save(path);
                }
            default:
                throw new ArgumentException($"no such job: {string.Join(' ', arguments)}", nameof(arguments));
        }
    }

    /// <summary>Starts the process and waits for it.</summary>
    /// <param name="setting">A variable of its environment.</param>
    /// <param name="arguments">A job and what it is about.</param>
    /// <returns>The lines it wrote.</returns>
    public static string[] Run((string Name, string Value) setting, params string[] arguments) => Run(["dotnet", "exec", typeof(Child).Assembly.Location, .. arguments], setting);

    /// <summary>Starts the process, waits for its first line, lets it go on for some time and kills it, unless it has ended.</summary>
    /// <param name="milliseconds">The time.</param>
    /// <param name="arguments">A job and what it is about.</param>
    public static void Kill(int milliseconds, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        Assert.Equal("saved", process.StandardOutput.ReadLine());
        process.WaitForExit(milliseconds);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Lets a shell start it, and waits for both.</summary>
    /// <param name="shell">The shell's command, to which a script is added.</param>
    /// <param name="script">Starts the process by <c>"$@"</c>.</param>
    /// <param name="arguments">A job and what it is about.</param>
    /// <returns>The lines they wrote.</returns>
    public static string[] Run(string[] shell, string script, params string[] arguments) =>
        // The runtime maps its own code twice by way of a file that no limit on files would let through.
        Run([.. shell, script, "sh", "dotnet", "exec", typeof(Child).Assembly.Location, .. arguments], ("DOTNET_EnableWriteXorExecute", "0"));

    private static string[] Run(string[] command, (string Name, string Value) setting)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[setting.Name] = setting.Value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)} ended with {process.ExitCode}: {error.Result}");
        return output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Try(Action save)
    {
        try
        {
            save();
            Console.WriteLine("saved");
        }
        catch (CheckpointException error)
        {
            Console.WriteLine($"{error.Path}: {error.Message}");
        }
    }
}
