using System.Diagnostics;
using System.Runtime.InteropServices;
using Kiln.Data;
using Kiln.Gpu;
using Kiln.Samples.Gpu;

if (args.Length > 2 || args is [not ("cpu" or "cuda" or "opencl"), ..] || (args is [_, var text] && !int.TryParse(text, out _)))
{
    Console.Error.WriteLine("usage: learn [cpu | cuda | opencl] [NUMBER]\n  Learns digits on that device, and prints fingerprints of the bits, which are the same on all of them. Unless told: the first GPU there is, or else the CPU.");
    return 2;
}

try
{
    using var device = args is [] ? First() : Open(args[0], args is [_, var number] ? int.Parse(number) : 0);
    Console.WriteLine(device?.Name ?? "the CPU");
    Learning.Run(device);
    return 0;
}
catch (Exception error) when (error is DeviceException or OutOfMemoryException or ArgumentOutOfRangeException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static Device? Open(string name, int number) => name switch { "cuda" => Device.Cuda(number), "opencl" => Device.OpenCl(number), _ => null };

static Device? First()
{
    foreach (var name in (string[])["cuda", "opencl"])
    {
        try
        {
            return Open(name, 0);
        }
        catch (DeviceException missing)
        {
            Console.WriteLine(missing.Message);
        }
    }
    return null;
}

namespace Kiln.Samples.Gpu
{
    /// <summary>Tells digits.</summary>
    [Network, Input(784, Bytes = true)]
    [Dense(128), Relu, Dense(64), Tanh, Dense(10)]
    [CrossEntropy]
    public sealed partial class Digit;

    /// <summary>Two hundred steps on digits that are drawn here.</summary>
    internal static class Learning
    {
        private const int Batch = 64, Steps = 200;

        public static void Run(Device? device)
        {
            var digits = Digits.Generate(Batch * Steps, seed: 1);
            using var net = new Digit(seed: 1, batch: Batch, device: device);
            using var training = net.Train(new Adam(), Batch);
            var watch = Stopwatch.StartNew();
            for (var step = 0; step < Steps; step++)
                training.Learn(digits.Images.Slice(step * Batch * 784, Batch * 784), digits.Labels.Slice(step * Batch, Batch));
            var weights = net.AllParameters.SelectMany(parameter => parameter.ToArray()).ToArray();
            Console.WriteLine(FormattableString.Invariant($"{watch.Elapsed.TotalMilliseconds / Steps:F3} ms a step"));
            var logits = new float[digits.Count * 10];
            net.Predict(digits.Images, logits);
            Console.WriteLine($"weights {Fingerprint(MemoryMarshal.AsBytes<float>(weights)):x16}");
            Console.WriteLine($"logits  {Fingerprint(MemoryMarshal.AsBytes<float>(logits)):x16}");
        }

        /// <summary>FNV-1a over the bytes.</summary>
        private static ulong Fingerprint(ReadOnlySpan<byte> bytes)
        {
            var hash = 0xcbf29ce484222325;
            foreach (var value in bytes) hash = (hash ^ value) * 0x100000001b3;
            return hash;
        }
    }
}
