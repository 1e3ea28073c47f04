using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Kiln;

/// <summary>A kernel of an image.</summary>
/// <param name="Name">Its name in the program's text.</param>
/// <param name="Group">Threads of a group.</param>
/// <param name="Parameters">A letter for each: f, i and b are views of floats, ints and bytes, which come first; n is an int, x a float.</param>
internal sealed record DeviceKernel(string Name, int Group, string Parameters)
{
    /// <summary>Bytes of an element of a view.</summary>
    public int ElementBytes(int parameter) => Parameters[parameter] == 'b' ? 1 : 4;

    /// <summary>How many of the parameters are views.</summary>
    public int Views { get; } = Parameters.TrimEnd('n', 'x').Length;
}

/// <summary>The kernels of a network as the build has compiled them: PTX for CUDA, OpenCL C for all else. A resource of the assembly.</summary>
internal sealed record KernelImage(IReadOnlyList<DeviceKernel> Kernels, string Ptx, string OpenCl)
{
    private const string Mark = "KilnKernels2", Target = ".target sm_";

    /// <summary>The oldest compute capability of CUDA that has the PTX's instructions: 70 is 7.0.</summary>
    public int Capability
    {
        get
        {
            var number = Ptx.AsSpan(Ptx.IndexOf(Target, StringComparison.Ordinal) + Target.Length);
            return int.Parse(number[..number.IndexOf('\n')], CultureInfo.InvariantCulture);
        }
    }

    public void Write(Stream stream)
    {
        using (var head = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true)) head.Write(Mark);
        // Texts of kernels are much alike: they shrink to a tenth.
        using var writer = new BinaryWriter(new DeflateStream(stream, CompressionLevel.SmallestSize, leaveOpen: true), Encoding.UTF8);
        writer.Write(Kernels.Count);
        foreach (var kernel in Kernels)
        {
            writer.Write(kernel.Name);
            writer.Write(kernel.Group);
            writer.Write(kernel.Parameters);
        }
        writer.Write(Ptx);
        writer.Write(OpenCl);
    }

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static KernelImage Read(Stream stream)
    {
        using (var head = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true))
        {
            if (head.ReadString() != Mark) throw new InvalidDataException("These are no kernels of this version of Kiln: build the project again.");
        }
        using var reader = new BinaryReader(new DeflateStream(stream, CompressionMode.Decompress, leaveOpen: true), Encoding.UTF8);
        var kernels = new DeviceKernel[reader.ReadInt32()];
        for (var i = 0; i < kernels.Length; i++) kernels[i] = new(reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        return new(kernels, reader.ReadString(), reader.ReadString());
    }
}
