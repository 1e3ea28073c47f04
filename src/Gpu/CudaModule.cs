using System.Text;

namespace Kiln.Gpu;

/// <summary>Kernels that CUDA's driver has compiled from PTX. It keeps what it compiled in a cache of its own, so that a second start is quick.</summary>
internal sealed unsafe class CudaModule : DeviceModule
{
    private const int LogBytes = 16384;

    private readonly CudaDevice _device;
    private nint _module;
    private readonly nint[] _kernels;

    public CudaModule(CudaDevice device, KernelImage image)
        : base(image)
    {
        if (image.Capability > device.Capability)
            throw new DeviceException($"CUDA: {device.Name} has compute capability {Version(device.Capability)}; products in TensorFloat32 need {Version(image.Capability)} or newer. Without Precision = Precision.TensorFloat32 the network runs there.");
        _device = device;
        _kernels = new nint[image.Kernels.Count];
        nint module;
        var log = new byte[LogBytes];
        int answer;
        fixed (byte* text = Encoding.UTF8.GetBytes(image.Ptx + "\0"), wrong = log)
        {
            var options = stackalloc int[] { Cuda.ErrorLogBuffer, Cuda.ErrorLogBufferBytes };
            var values = stackalloc void*[] { wrong, (void*)LogBytes };
            answer = Cuda.cuModuleLoadDataEx(&module, text, 2, options, values);
        }
        if (answer == Cuda.OutOfMemory) throw new OutOfMemoryException($"{device.Name}: not enough memory for the kernels.");
        if (answer != Cuda.Success)
        {
            var end = Array.IndexOf(log, (byte)0);
            throw new DeviceException($"CUDA: {device.Name} refused the kernels: {Cuda.Describe(answer)}. {Encoding.UTF8.GetString(log, 0, end < 0 ? LogBytes : end).Trim()}".TrimEnd());
        }
        _module = module;
    }

    private static string Version(int capability) => $"{capability / 10}.{capability % 10}";

    public (nint Function, DeviceKernel Description) Kernel(int number)
    {
        var description = Image.Kernels[number];
        if (_kernels[number] == 0)
        {
            nint function;
            fixed (byte* name = Encoding.UTF8.GetBytes(description.Name + "\0")) Cuda.Check(Cuda.cuModuleGetFunction(&function, _module, name), $"cuModuleGetFunction({description.Name})");
            _kernels[number] = function;
        }
        return (_kernels[number], description);
    }

    public override void Dispose()
    {
        if (_module != 0) _device.Unload(_module);
        _module = 0;
    }
}
