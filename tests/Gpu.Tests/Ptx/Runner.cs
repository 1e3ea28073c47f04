using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Gpu.Tests.Ptx;

/// <summary>Runs the kernels that are started on the driver that takes CUDA's place. They are read from the text that the driver got, and work on its memory.</summary>
internal static unsafe class Runner
{
    /// <summary>What cuda.h calls a kernel that failed.</summary>
    private const int LaunchFailed = 719;

    /// <summary>From as many groups on, two run at the same time.</summary>
    private const int Many = 8;

    private static readonly ConcurrentDictionary<long, Lazy<Module>> Modules = [];
    private static long _threadInstructions;

    /// <summary>How the launches of this thread are run.</summary>
    [ThreadStatic]
    private static Schedule _schedule;

    [ThreadStatic]
    private static bool _findsRaces;

    /// <summary>Instructions of threads so far.</summary>
    public static long Instructions => Volatile.Read(ref _threadInstructions);

    /// <summary>What the driver calls.</summary>
    public static delegate* unmanaged<long, byte*, byte*, uint, uint, byte*, int, int> Function => &Run;

    /// <summary>Does something whose launches are run in this way.</summary>
    /// <param name="schedule">How threads take turns.</param>
    /// <param name="findsRaces">Whether races in device memory are looked for, too.</param>
    /// <param name="action">What is done, on this thread.</param>
    public static void With(Schedule schedule, bool findsRaces, Action action)
    {
        var before = (_schedule, _findsRaces);
        (_schedule, _findsRaces) = (schedule, findsRaces);
        try
        {
            action();
        }
        finally
        {
            (_schedule, _findsRaces) = before;
        }
    }

    [UnmanagedCallersOnly]
    private static int Run(long module, byte* text, byte* name, uint groups, uint threads, byte* parameters, int bytes)
    {
        try
        {
            var ptx = (nint)text;
            var kernel = Modules.GetOrAdd(module, _ => new(() => Module.Read(Marshal.PtrToStringUTF8(ptx)!))).Value[Marshal.PtrToStringUTF8((nint)name)!];
            var launch = new Launch((int)groups, (int)threads, new ReadOnlySpan<byte>(parameters, bytes).ToArray(), new DeviceMemory(FakeCuda.Blocks()), _findsRaces ? new DeviceRaces() : null);
            Interlocked.Add(ref _threadInstructions, Warp.Size * Machine.Run(kernel, launch, _schedule, groups >= Many ? 2 : 1));
            return 0;
        }
        catch (Exception error)
        {
            // No exception may cross native code.
            FakeCuda.Say(error is PtxException ? error.Message : error.ToString());
            return LaunchFailed;
        }
    }
}
