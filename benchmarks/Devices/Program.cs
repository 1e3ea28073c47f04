using Kiln.Gpu;
using Kiln.GpuBenchmark;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

try
{
    using var device = options.Device == "cuda" ? Device.Cuda(options.Number) : Device.OpenCl(options.Number);
    Console.WriteLine(device.Name);
    if (!Correctness.Holds(options.Chosen, device, options.Quick)) return 1;
    using var rival = options.Python is null ? null : new Rival(options.Python);
    Table.Print(options.Chosen, device, rival, options.Quick);
    return 0;
}
catch (Exception error) when (error is DeviceException or OutOfMemoryException or ArgumentOutOfRangeException or InvalidOperationException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
