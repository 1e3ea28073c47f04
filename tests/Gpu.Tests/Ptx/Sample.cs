using System.Runtime.InteropServices;

namespace Gpu.Tests.Ptx;

/// <summary>Small kernels for the tests of the machine itself.</summary>
internal static unsafe class Sample
{
    /// <summary>A module of one kernel K, with registers of each kind, thread's number in %tid, and views x, y and a number n as parameters.</summary>
    public static string Text(string body, string declarations = "") => $$"""
        .version 6.3
        .target sm_70
        .address_size 64

        .visible .entry K(
            .param .align 8 .b8 x[16],
            .param .align 8 .b8 y[16],
            .param .b32 n
        )
        .maxntid 128, 1, 1
        {
            .reg .pred %p<9>;
            .reg .b16 %rs<9>;
            .reg .b32 %r<19>;
            .reg .b64 %rd<19>;
            .reg .f32 %f<9>;
            .reg .f64 %fd<9>;
            {{declarations}}
            ld.param.b64 %rd1, [x];
            ld.param.b64 %rd2, [y];
            ld.param.b32 %r1, [n];
            mov.b32 %r2, %tid.x;
            mov.b32 %r3, %ctaid.x;
            mad.lo.s32 %r4, %r3, 128, %r2;
            mul.wide.u32 %rd3, %r4, 4;
            add.u64 %rd4, %rd1, %rd3;
            add.u64 %rd5, %rd2, %rd3;
            {{body}}
            ret;
        }
        """;

    /// <summary>Runs it.</summary>
    /// <param name="text">The module.</param>
    /// <param name="x">Memory of its own.</param>
    /// <param name="y">The same; nothing else is memory.</param>
    /// <param name="n">The number.</param>
    /// <param name="groups">Groups of threads.</param>
    /// <param name="threads">Threads of a group.</param>
    /// <param name="schedule">How they take turns.</param>
    /// <param name="races">Whether races in device memory are looked for.</param>
    /// <param name="workers">Groups that run at the same time.</param>
    public static void Run(string text, uint[] x, uint[] y, int n = 0, int groups = 1, int threads = 32, Schedule schedule = default, bool races = false, int workers = 1)
    {
        uint* px = Memory(x), py = Memory(y);
        try
        {
            var parameters = new byte[36];
            MemoryMarshal.Write(parameters, (ulong)px);
            MemoryMarshal.Write(parameters.AsSpan(16), (ulong)py);
            MemoryMarshal.Write(parameters.AsSpan(32), n);
            var memory = new DeviceMemory([((ulong)px, (ulong)x.Length * 4), ((ulong)py, (ulong)y.Length * 4)]);
            Machine.Run(Module.Read(text)["K"], new Launch(groups, threads, parameters, memory, races ? new DeviceRaces() : null), schedule, workers);
            new ReadOnlySpan<uint>(py, y.Length).CopyTo(y);
        }
        finally
        {
            NativeMemory.AlignedFree(px);
            NativeMemory.AlignedFree(py);
        }
    }

    /// <summary>As a driver gives it.</summary>
    private static uint* Memory(uint[] numbers)
    {
        var memory = (uint*)NativeMemory.AlignedAlloc((nuint)numbers.Length * sizeof(uint), 256);
        numbers.CopyTo(new Span<uint>(memory, numbers.Length));
        return memory;
    }
}
