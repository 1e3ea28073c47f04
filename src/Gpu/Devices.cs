using Kiln.Gpu;

namespace Kiln;

/// <summary>Opens devices: <c>using var device = Device.Cuda(0);</c></summary>
/// <remarks>These are members of an extension, which C# 14 has. In C# 13 <see cref="CudaDevice.Open"/> and <see cref="OpenClDevice.Open"/> do the same.</remarks>
public static class Devices
{
    extension(Device)
    {
        /// <summary>Opens a GPU of NVIDIA.</summary>
        /// <param name="number">Its number, from 0. <see cref="CudaDevice.Names"/> lists them.</param>
        /// <exception cref="DeviceException">CUDA's driver is not here or too old, or there is no such device.</exception>
        public static Device Cuda(int number = 0) => CudaDevice.Open(number);

        /// <summary>Opens a device of OpenCL: a GPU of any maker, or PoCL, which runs kernels on the CPU.</summary>
        /// <param name="number">Its number among those of all platforms, from 0. <see cref="OpenClDevice.Names"/> lists them.</param>
        /// <exception cref="DeviceException">There is no OpenCL here, or no such device.</exception>
        public static Device OpenCl(int number = 0) => OpenClDevice.Open(number);
    }
}
