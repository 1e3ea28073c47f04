using ILGPU;
using Kiln;
using Kiln.Gpu;
using Kiln.Gpu.Kernels;
using Xunit;

namespace Gpu.Tests;

/// <summary>The calls of CUDA's driver, their order, the layout of kernels' parameters, and what is said where something is missing; on a driver that computes nothing.</summary>
public sealed unsafe partial class CudaTests : IDisposable
{
    public static class Kernels
    {
        public static void Scale(ArrayView<float> y, ArrayView<float> x, int count, int factor)
        {
            if (Threads.Index < count) (Lane.Load(x, Threads.Index) * Lane.Broadcast(factor)).Store(y, Threads.Index);
        }

        public static void Fill(ArrayView<float> y, int count)
        {
            if (Threads.Index < count) Lane.Broadcast(1).Store(y, Threads.Index);
        }
    }

    private static readonly Lazy<KernelImage> Image = new(() => Bench.Compile(typeof(Kernels)));

    public CudaTests()
    {
        // From now on calls are written down.
        if (FakeCuda.Reason is null) _ = FakeCuda.Calls();
    }

    public void Dispose()
    {
        if (FakeCuda.Reason is not null) return;
        foreach (var (what, value) in new[] { ("version", 12040), ("devices", 1), ("capability", 90), ("most", 1 << 30), ("refuse", 0), ("fail", 0) }) FakeCuda.Set(what, value);
        _ = FakeCuda.Calls();
    }

    [FakeCudaFact]
    public void Memory_is_zero_and_keeps_what_is_copied_in_pieces_through_locked_memory()
    {
        using var device = (CudaDevice)Device.Cuda();
        Assert.Equal("Fake 0", device.Name);
        Assert.Equal(["retain 0", "stream 1", $"lock {5 * (4 << 20)} 0"], FakeCuda.Calls());
        // More than all parts of the locked memory.
        var numbers = Enumerable.Range(0, 6 << 20).Select(i => (float)i).ToArray();
        var bytes = numbers.Length * sizeof(float);
        var address = device.Allocate(bytes);
        var back = new float[numbers.Length];
        fixed (float* first = back)
        {
            device.Download(first, address, bytes);
            Assert.All(back, value => Assert.Equal(0, value));
            _ = FakeCuda.Calls();
            fixed (float* from = numbers) device.Upload(address, from, bytes);
            const string part = "up 4194304";
            Assert.Equal([part, "record", part, "record", part, "record", part, "record", "await", part, "record", "await", part], FakeCuda.Calls());
            device.Download(first, address, bytes);
        }
        Assert.Equal(numbers, back);
        _ = FakeCuda.Calls();
        device.Free(address);
        Assert.Equal(["free"], FakeCuda.Calls());
    }

    [FakeCudaFact]
    public void Small_uploads_share_a_part_of_the_locked_memory()
    {
        using var device = CudaDevice.Open();
        var address = device.Allocate(100);
        _ = FakeCuda.Calls();
        var number = 7f;
        for (var i = 0; i < 1000; i++) device.Upload(address, &number, sizeof(float));
        Assert.Equal(Enumerable.Repeat("up 4", 1000), FakeCuda.Calls());
    }

    [FakeCudaFact]
    public void A_kernel_gets_its_views_and_numbers()
    {
        using var device = CudaDevice.Open();
        var (x, y) = (Memory(device, 3, 4, 5), Memory(device, 8));
        using var module = device.Load(Image.Value);
        _ = FakeCuda.Calls();
        // The view of x begins at its second float.
        device.Launch(module, 0, 12, [y, x + sizeof(float)], [-7, 9]);
        device.Launch(module, 1, 1, [x], [3]);
        device.Synchronize();
        Assert.Equal(["Kernel_Scale<12,1,1; 128,1,1; 0> [8..2147483647] [4..2147483647] -7 9", "Kernel_Fill<1,1,1; 128,1,1; 0> [3..2147483647] 3", "wait"], FakeCuda.Calls());
    }

    [FakeCudaFact]
    public void Work_is_written_down_once_and_done_often()
    {
        using var device = CudaDevice.Open();
        var (x, y) = (Memory(device, 3), Memory(device, 8));
        using var module = device.Load(Image.Value);
        _ = FakeCuda.Calls();
        Assert.True(device.BeginCapture());
        device.Clear(y, 4);
        device.Launch(module, 0, 1, [y, x], [1, 2]);
        device.Copy(x, y, 4);
        using var graph = device.EndCapture();
        Assert.Equal(["instantiate 0", "drop"], FakeCuda.Calls());
        float still;
        device.Download(&still, x, 4);
        Assert.Equal(3, still);
        _ = FakeCuda.Calls();
        string[] once = ["graph {", "set 4 to 0", "Kernel_Scale<1,1,1; 128,1,1; 0> [8..2147483647] [3..2147483647] 1 2", "copy 4", "}"];
        device.Replay(graph);
        device.Replay(graph);
        Assert.Equal([.. once, .. once], FakeCuda.Calls());
        graph.Dispose();
        Assert.Equal(["wait", "forget"], FakeCuda.Calls());
    }

    [FakeCudaFact]
    public void What_cannot_be_written_down_ends_the_list_and_says_so()
    {
        using var device = CudaDevice.Open();
        var x = Memory(device, 3);
        Assert.True(device.BeginCapture());
        var error = Assert.Throws<InvalidOperationException>(() => device.Synchronize());
        Assert.Contains("while work is being written down", error.Message);
        Assert.Throws<InvalidOperationException>(() => device.EndCapture());
        // Other threads have their turn again.
        Assert.True(Task.Run(device.Synchronize).Wait(TimeSpan.FromSeconds(10)));
        Assert.True(device.BeginCapture());
        device.EndCapture().Dispose();
        device.Free(x);
    }

    [FakeCudaFact]
    public void Other_threads_wait_while_work_is_written_down()
    {
        using var device = CudaDevice.Open();
        var x = Memory(device, 3);
        Assert.True(device.BeginCapture());
        var other = Task.Run(() => device.Clear(x, 4));
        Assert.False(other.Wait(TimeSpan.FromMilliseconds(50)));
        using var graph = device.EndCapture();
        Assert.True(other.Wait(TimeSpan.FromSeconds(10)));
        _ = FakeCuda.Calls();
        device.Replay(graph);
        Assert.Equal(["graph {", "}"], FakeCuda.Calls());
    }

    [FakeCudaFact]
    public void Everything_is_given_back()
    {
        var device = CudaDevice.Open();
        var module = device.Load(Image.Value);
        var memory = Memory(device, 1);
        device.BeginCapture();
        var graph = device.EndCapture();
        module.Dispose();
        Assert.NotEmpty(device.Optimizers.Image.Kernels);
        var number = 7f;
        device.UploadAhead(memory, &number, sizeof(float));
        _ = FakeCuda.Calls();
        device.Dispose();
        device.Dispose();
        graph.Dispose();
        Assert.Equal(["wait", "unload", "wait", "wait beside", "unlock", "destroy stream beside", "free", "unlock", "destroy stream", "release 0"], FakeCuda.Calls());
        Assert.Throws<ObjectDisposedException>(() => device.Allocate(1));
    }

    [FakeCudaFact]
    public void What_is_missing_is_said()
    {
        FakeCuda.Set("version", 11030);
        Assert.Equal("CUDA: the driver is too old. It knows CUDA 11.3; 11.4 or newer is needed, which is that of NVIDIA's driver 470.", Assert.Throws<DeviceException>(() => CudaDevice.Open()).Message);
        FakeCuda.Set("version", 12040);
        FakeCuda.Set("devices", 0);
        Assert.Equal("CUDA: the driver is here, but it has no device.", Assert.Throws<DeviceException>(() => CudaDevice.Open()).Message);
        FakeCuda.Set("devices", 2);
        Assert.Equal(["Fake 0", "Fake 1"], CudaDevice.Names());
        Assert.Equal("CUDA: there is no device 2. There are 2: 0 Fake 0, 1 Fake 1.", Assert.Throws<DeviceException>(() => CudaDevice.Open(2)).Message);
        FakeCuda.Set("capability", 61);
        Assert.Equal("CUDA: Fake 1 has compute capability 6.1; kernels are compiled for 7.0 and newer.", Assert.Throws<DeviceException>(() => CudaDevice.Open(1)).Message);
    }

    [FakeCudaFact]
    public void Too_little_memory_says_how_much_there_is()
    {
        FakeCuda.Set("most", 2000);
        Assert.Equal("Fake 0: not enough memory for 5,000 bytes: 2,000 of 4,000 are free.", Assert.Throws<OutOfMemoryException>(() =>
        {
            using var device = CudaDevice.Open();
            device.Allocate(5000);
        }).Message);
    }

    [FakeCudaFact]
    public void Refused_kernels_come_with_the_compilers_words()
    {
        using var device = CudaDevice.Open();
        FakeCuda.Set("refuse", 1);
        Assert.Equal("CUDA: Fake 0 refused the kernels: CUDA_ERROR_INVALID_PTX (218), what a driver would say. ptxas error   : line 7 is wrong", Assert.Throws<DeviceException>(() => device.Load(Image.Value)).Message);
    }

    [FakeCudaFact]
    public void An_error_on_the_device_is_told_by_what_waits_for_it()
    {
        using var device = CudaDevice.Open();
        FakeCuda.Set("fail", 700);
        Assert.Equal("CUDA: cuStreamSynchronize failed: CUDA_ERROR_ILLEGAL_ADDRESS (700), what a driver would say.", Assert.Throws<DeviceException>(device.Synchronize).Message);
    }

    [FakeCudaFact]
    public void A_GPU_without_tensor_cores_for_TensorFloat32_says_so()
    {
        var image = Bench.Compile(typeof(PtxTests.RoundedProduct));
        FakeCuda.Set("capability", 75);
        using (var old = CudaDevice.Open())
        {
            Assert.Equal("CUDA: Fake 0 has compute capability 7.5; products in TensorFloat32 need 8.0 or newer. Without Precision = Precision.TensorFloat32 the network runs there.", Assert.Throws<DeviceException>(() => old.Load(image)).Message);
            old.Load(Image.Value).Dispose();
        }
        FakeCuda.Set("capability", 80);
        using var device = CudaDevice.Open();
        device.Load(image).Dispose();
    }

    private static nint Memory(CudaDevice device, params float[] values)
    {
        var address = device.Allocate(values.Length * sizeof(float));
        fixed (float* first = values) device.Upload(address, first, values.Length * sizeof(float));
        return address;
    }
}
