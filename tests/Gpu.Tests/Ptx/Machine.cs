namespace Gpu.Tests.Ptx;

/// <summary>Runs kernels as a GPU does, on the CPU.</summary>
internal static class Machine
{
    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="launch">How it is started.</param>
    /// <param name="schedule">How threads of a group take turns.</param>
    /// <param name="workers">How many groups run at the same time. Where races in device memory are looked for, one.</param>
    /// <returns>Instructions, each counted once for all threads that did it together.</returns>
    public static long Run(Kernel kernel, Launch launch, Schedule schedule = default, int workers = 1)
    {
        if (launch.Threads < 1 || launch.Threads > kernel.MaxThreads) throw new PtxException($"{kernel.Name} is started with {launch.Threads} threads a group; it is for up to {kernel.MaxThreads}");
        if (launch.Groups < 1) throw new PtxException($"{kernel.Name} is started with {launch.Groups} groups");
        if (launch.Parameters.Length != kernel.ParameterBytes) throw new PtxException($"{kernel.Name} gets {launch.Parameters.Length} bytes of parameters; it has {kernel.ParameterBytes}");
        workers = launch.Races is null ? Math.Min(workers, launch.Groups) : 1;
        if (workers == 1)
        {
            using var group = new Group(kernel, launch, schedule);
            return Enumerable.Range(0, launch.Groups).Sum(group.Run);
        }
        int next = -1;
        long done = 0;
        Exception? failed = null;
        Parallel.For(0, workers, _ =>
        {
            using var group = new Group(kernel, launch, schedule);
            while (failed is null && Interlocked.Increment(ref next) is var number && number < launch.Groups)
            {
                try
                {
                    Interlocked.Add(ref done, group.Run(number));
                }
                catch (PtxException error)
                {
                    failed ??= error;
                }
            }
        });
        return failed is null ? done : throw failed;
    }
}
