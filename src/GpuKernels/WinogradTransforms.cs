using System.Runtime.CompilerServices;
using ILGPU;

namespace Kiln.Gpu.Kernels;

/// <summary>Up to six numbers of a line, or their transform.</summary>
internal struct Six
{
    public Lane M0, M1, M2, M3, M4, M5;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const float P = 0.75f, P2 = P * P, P3 = P2 * P, Q = 1.5f, Q2 = Q * Q, Q3 = Q2 * Q;

    // The formulas are those of Kiln.Kernels.WinogradTiles, in the same order. Of tiles of 2×2 pixels only the first numbers are used.

    /// <summary>Bᵀ: of an image.</summary>
    [MethodImpl(Inline)]
    public static Six Input(Six d, int size)
    {
        if (size == 2) return new Six { M0 = d.M0 - d.M2, M1 = d.M1 + d.M2, M2 = d.M2 - d.M1, M3 = d.M1 - d.M3 };
        Lane product = Number(P2 * Q2), sum = Number(-(P2 + Q2)), p = Number(P), q = Number(Q);
        Lane evenP = Lane.MultiplyAdd(Number(-Q2), d.M2, d.M4), oddP = Lane.MultiplyAdd(Number(-Q2), d.M1, d.M3), evenQ = Lane.MultiplyAdd(Number(-P2), d.M2, d.M4), oddQ = Lane.MultiplyAdd(Number(-P2), d.M1, d.M3);
        return new Six
        {
            M0 = Lane.MultiplyAdd(product, d.M0, Lane.MultiplyAdd(sum, d.M2, d.M4)),
            M1 = Lane.MultiplyAdd(p, oddP, evenP),
            M2 = Lane.MultiplyAdd(Number(-P), oddP, evenP),
            M3 = Lane.MultiplyAdd(q, oddQ, evenQ),
            M4 = Lane.MultiplyAdd(Number(-Q), oddQ, evenQ),
            M5 = Lane.MultiplyAdd(product, d.M1, Lane.MultiplyAdd(sum, d.M3, d.M5)),
        };
    }

    /// <summary>Aᵀ: of products.</summary>
    [MethodImpl(Inline)]
    public static Six Output(Six m, int size)
    {
        if (size == 2) return new Six { M0 = m.M0 + m.M1 + m.M2, M1 = m.M1 - m.M2 - m.M3 };
        Lane evenP = m.M1 + m.M2, oddP = m.M1 - m.M2, evenQ = m.M3 + m.M4, oddQ = m.M3 - m.M4;
        return new Six
        {
            M0 = m.M0 + evenP + evenQ,
            M1 = Lane.MultiplyAdd(Number(P), oddP, Number(Q) * oddQ),
            M2 = Lane.MultiplyAdd(Number(P2), evenP, Number(Q2) * evenQ),
            M3 = Lane.MultiplyAdd(Number(P3), oddP, Lane.MultiplyAdd(Number(Q3), oddQ, m.M5)),
        };
    }

    /// <summary>G: of a kernel.</summary>
    [MethodImpl(Inline)]
    public static Six Kernel(Six w, int size)
    {
        if (size == 2)
        {
            Lane half = Number(0.5f), even = w.M0 + w.M2;
            return new Six { M0 = w.M0, M1 = half * (even + w.M1), M2 = half * (even - w.M1), M3 = w.M2 };
        }
        Lane byP = Number(1 / (2 * P2 * (P2 - Q2))), byQ = Number(1 / (2 * Q2 * (Q2 - P2)));
        Lane evenP = Lane.MultiplyAdd(Number(P2), w.M2, w.M0), oddP = Number(P) * w.M1, evenQ = Lane.MultiplyAdd(Number(Q2), w.M2, w.M0), oddQ = Number(Q) * w.M1;
        return new Six { M0 = Number(1 / (P2 * Q2)) * w.M0, M1 = byP * (evenP + oddP), M2 = byP * (evenP - oddP), M3 = byQ * (evenQ + oddQ), M4 = byQ * (evenQ - oddQ), M5 = w.M2 };
    }

    /// <summary>A: of the gradient of an output.</summary>
    [MethodImpl(Inline)]
    public static Six Gradient(Six y, int size)
    {
        if (size == 2) return new Six { M0 = y.M0, M1 = y.M0 + y.M1, M2 = y.M0 - y.M1, M3 = -y.M1 };
        Lane evenP = Lane.MultiplyAdd(Number(P2), y.M2, y.M0), oddP = Lane.MultiplyAdd(Number(P3), y.M3, Number(P) * y.M1);
        Lane evenQ = Lane.MultiplyAdd(Number(Q2), y.M2, y.M0), oddQ = Lane.MultiplyAdd(Number(Q3), y.M3, Number(Q) * y.M1);
        return new Six { M0 = y.M0, M1 = evenP + oddP, M2 = evenP - oddP, M3 = evenQ + oddQ, M4 = evenQ - oddQ, M5 = y.M3 };
    }

    /// <summary>Gᵀ: of sums of products.</summary>
    [MethodImpl(Inline)]
    public static Six KernelGradient(Six m, int size)
    {
        if (size == 2)
        {
            Lane half = Number(0.5f), even = half * (m.M1 + m.M2);
            return new Six { M0 = m.M0 + even, M1 = half * (m.M1 - m.M2), M2 = even + m.M3 };
        }
        Lane byP = Number(1 / (2 * P2 * (P2 - Q2))), byQ = Number(1 / (2 * Q2 * (Q2 - P2)));
        Lane evenP = byP * (m.M1 + m.M2), oddP = byP * (m.M1 - m.M2), evenQ = byQ * (m.M3 + m.M4), oddQ = byQ * (m.M3 - m.M4);
        return new Six
        {
            M0 = Lane.MultiplyAdd(Number(1 / (P2 * Q2)), m.M0, evenP + evenQ),
            M1 = Lane.MultiplyAdd(Number(P), oddP, Number(Q) * oddQ),
            M2 = Lane.MultiplyAdd(Number(P2), evenP, Lane.MultiplyAdd(Number(Q2), evenQ, m.M5)),
        };
    }

    [MethodImpl(Inline)]
    private static Lane Number(float value) => Lane.Broadcast(value);

    /// <summary>The first numbers of a line from memory.</summary>
    [MethodImpl(Inline)]
    public static Six Load(ArrayView<float> from, int at, int step, int count)
    {
        var line = new Six { M0 = Lane.Load(from, at), M1 = Lane.Load(from, at + step) };
        if (count > 2) line.M2 = Lane.Load(from, at + 2 * step);
        if (count > 3) line.M3 = Lane.Load(from, at + 3 * step);
        if (count <= 4) return line;
        line.M4 = Lane.Load(from, at + 4 * step);
        line.M5 = Lane.Load(from, at + 5 * step);
        return line;
    }

    /// <summary>The first numbers of a line to memory.</summary>
    [MethodImpl(Inline)]
    public readonly void Store(ArrayView<float> to, int at, int step, int count)
    {
        M0.Store(to, at);
        M1.Store(to, at + step);
        if (count > 2) M2.Store(to, at + 2 * step);
        if (count > 3) M3.Store(to, at + 3 * step);
        if (count <= 4) return;
        M4.Store(to, at + 4 * step);
        M5.Store(to, at + 5 * step);
    }

    [MethodImpl(Inline)]
    public static Six operator +(Six a, Six b) => new() { M0 = a.M0 + b.M0, M1 = a.M1 + b.M1, M2 = a.M2 + b.M2, M3 = a.M3 + b.M3, M4 = a.M4 + b.M4, M5 = a.M5 + b.M5 };
}

/// <summary>Up to six lines of up to six numbers, line by line.</summary>
internal struct Patch
{
    public Six L0, L1, L2, L3, L4, L5;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Bᵀ x B, columns first.</summary>
    [MethodImpl(Inline)]
    public static Patch Input(Patch x, int size) => EachInput(EachInput(x.Transposed(), size).Transposed(), size);

    /// <summary>Aᵀ m A, columns first.</summary>
    [MethodImpl(Inline)]
    public static Patch Output(Patch m, int size) => EachOutput(EachOutput(m.Transposed(), size).Transposed(), size);

    /// <summary>G w Gᵀ, rows first.</summary>
    [MethodImpl(Inline)]
    public static Patch Kernel(Patch w, int size) => EachKernel(EachKernel(w, size).Transposed(), size).Transposed();

    /// <summary>A y Aᵀ, columns first.</summary>
    [MethodImpl(Inline)]
    public static Patch Gradient(Patch y, int size) => EachGradient(EachGradient(y.Transposed(), size).Transposed(), size);

    /// <summary>Gᵀ m G, columns first.</summary>
    [MethodImpl(Inline)]
    public static Patch KernelGradient(Patch m, int size) => EachKernelGradient(EachKernelGradient(m.Transposed(), size).Transposed(), size);

    /// <summary>The first lines and their first numbers from memory, number by number.</summary>
    [MethodImpl(Inline)]
    public static Patch Load(ArrayView<float> from, int at, int step, int count)
    {
        var patch = new Patch { L0 = Six.Load(from, at, step, count), L1 = Six.Load(from, at + count * step, step, count) };
        if (count > 2) patch.L2 = Six.Load(from, at + 2 * count * step, step, count);
        if (count > 3) patch.L3 = Six.Load(from, at + 3 * count * step, step, count);
        if (count <= 4) return patch;
        patch.L4 = Six.Load(from, at + 4 * count * step, step, count);
        patch.L5 = Six.Load(from, at + 5 * count * step, step, count);
        return patch;
    }

    /// <summary>The first lines and their first numbers to memory.</summary>
    [MethodImpl(Inline)]
    public readonly void Store(ArrayView<float> to, int at, int step, int count)
    {
        L0.Store(to, at, step, count);
        L1.Store(to, at + count * step, step, count);
        if (count > 2) L2.Store(to, at + 2 * count * step, step, count);
        if (count > 3) L3.Store(to, at + 3 * count * step, step, count);
        if (count <= 4) return;
        L4.Store(to, at + 4 * count * step, step, count);
        L5.Store(to, at + 5 * count * step, step, count);
    }

    [MethodImpl(Inline)]
    public static Patch operator +(Patch a, Patch b) => new() { L0 = a.L0 + b.L0, L1 = a.L1 + b.L1, L2 = a.L2 + b.L2, L3 = a.L3 + b.L3, L4 = a.L4 + b.L4, L5 = a.L5 + b.L5 };

    [MethodImpl(Inline)]
    private readonly Patch Transposed() => new()
    {
        L0 = new Six { M0 = L0.M0, M1 = L1.M0, M2 = L2.M0, M3 = L3.M0, M4 = L4.M0, M5 = L5.M0 },
        L1 = new Six { M0 = L0.M1, M1 = L1.M1, M2 = L2.M1, M3 = L3.M1, M4 = L4.M1, M5 = L5.M1 },
        L2 = new Six { M0 = L0.M2, M1 = L1.M2, M2 = L2.M2, M3 = L3.M2, M4 = L4.M2, M5 = L5.M2 },
        L3 = new Six { M0 = L0.M3, M1 = L1.M3, M2 = L2.M3, M3 = L3.M3, M4 = L4.M3, M5 = L5.M3 },
        L4 = new Six { M0 = L0.M4, M1 = L1.M4, M2 = L2.M4, M3 = L3.M4, M4 = L4.M4, M5 = L5.M4 },
        L5 = new Six { M0 = L0.M5, M1 = L1.M5, M2 = L2.M5, M3 = L3.M5, M4 = L4.M5, M5 = L5.M5 },
    };

    [MethodImpl(Inline)]
    private static Patch EachInput(Patch p, int size) =>
        new() { L0 = Six.Input(p.L0, size), L1 = Six.Input(p.L1, size), L2 = Six.Input(p.L2, size), L3 = Six.Input(p.L3, size), L4 = Six.Input(p.L4, size), L5 = Six.Input(p.L5, size) };

    [MethodImpl(Inline)]
    private static Patch EachOutput(Patch p, int size) =>
        new() { L0 = Six.Output(p.L0, size), L1 = Six.Output(p.L1, size), L2 = Six.Output(p.L2, size), L3 = Six.Output(p.L3, size), L4 = Six.Output(p.L4, size), L5 = Six.Output(p.L5, size) };

    [MethodImpl(Inline)]
    private static Patch EachKernel(Patch p, int size) =>
        new() { L0 = Six.Kernel(p.L0, size), L1 = Six.Kernel(p.L1, size), L2 = Six.Kernel(p.L2, size), L3 = Six.Kernel(p.L3, size), L4 = Six.Kernel(p.L4, size), L5 = Six.Kernel(p.L5, size) };

    [MethodImpl(Inline)]
    private static Patch EachGradient(Patch p, int size) =>
        new() { L0 = Six.Gradient(p.L0, size), L1 = Six.Gradient(p.L1, size), L2 = Six.Gradient(p.L2, size), L3 = Six.Gradient(p.L3, size), L4 = Six.Gradient(p.L4, size), L5 = Six.Gradient(p.L5, size) };

    [MethodImpl(Inline)]
    private static Patch EachKernelGradient(Patch p, int size) => new()
    {
        L0 = Six.KernelGradient(p.L0, size),
        L1 = Six.KernelGradient(p.L1, size),
        L2 = Six.KernelGradient(p.L2, size),
        L3 = Six.KernelGradient(p.L3, size),
        L4 = Six.KernelGradient(p.L4, size),
        L5 = Six.KernelGradient(p.L5, size),
    };
}
