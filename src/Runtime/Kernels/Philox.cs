using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>
/// Random numbers as a pure function of where they are used: Philox4x32-10 (J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel
/// random numbers: as easy as 1, 2, 3. SC 2011). The key is the seed; the counter is (element / 4, sample, step, stream), and
/// four consecutive elements share one. The high halves of step and sample are mixed into the key.
/// </summary>
/// <remarks>
/// Uniform numbers are multiples of 2^-24 in [0, 1). Normal numbers come from them in pairs (G. E. P. Box, M. E. Muller 1958):
/// elements 2i and 2i + 1 are √(−2 log(1 − u)) times cos 2πv and sin 2πv. The same arguments give the same bits in every layout
/// and at every vector width.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe class Philox
{
    private const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Lanes = 16;

    /// <summary>The stream of a stable name: 32-bit FNV-1a of its UTF-16 code units, low byte first.</summary>
    /// <param name="name">Any string.</param>
    public static uint StreamOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hash = 2166136261u;
        foreach (var c in name)
        {
            hash = (hash ^ (byte)c) * 16777619u;
            hash = (hash ^ (byte)(c >> 8)) * 16777619u;
        }

        return hash;
    }

    /// <summary>One block of 16 samples, [feature][16], uniform in [0, 1).</summary>
    /// <param name="target">features · 16 floats.</param>
    /// <param name="features">Elements of a sample.</param>
    /// <param name="seed">Key.</param>
    /// <param name="stream">Which use of random numbers: <see cref="StreamOf"/> its name.</param>
    /// <param name="step">Number of the call.</param>
    /// <param name="firstSample">Number of the block's first sample; the others follow.</param>
    /// <typeparam name="V">The vector width.</typeparam>
    [MethodImpl(Kernel)]
    public static void FillUniformLanes<V>(float* target, int features, ulong seed, uint stream, ulong step, ulong firstSample)
        where V : struct, IVector<V>
    {
        var block = stackalloc float[4 * Lanes];
        for (var feature = 0; feature < features; feature += 4)
        {
            DrawSamples(block, (uint)feature / 4, seed, stream, step, firstSample);
            var count = Math.Min(4, features - feature) * Lanes;
            for (var i = 0; i < count; i += V.Count) V.Load(block + i).Store(target + feature * Lanes + i);
        }
    }

    /// <summary>One block of 16 samples, [feature][16], normal with mean 0 and deviation 1.</summary>
    /// <inheritdoc cref="FillUniformLanes"/>
    [MethodImpl(Kernel)]
    public static void FillNormalLanes<V>(float* target, int features, ulong seed, uint stream, ulong step, ulong firstSample)
        where V : struct, IVector<V>
    {
        var block = stackalloc float[4 * Lanes];
        for (var feature = 0; feature < features; feature += 4)
        {
            DrawSamples(block, (uint)feature / 4, seed, stream, step, firstSample);
            MakeNormal<V>(block);
            var count = Math.Min(4, features - feature) * Lanes;
            for (var i = 0; i < count; i += V.Count) V.Load(block + i).Store(target + feature * Lanes + i);
        }
    }

    /// <summary>One row, uniform in [0, 1).</summary>
    /// <param name="target">As many floats as features.</param>
    /// <param name="features">Elements of the sample.</param>
    /// <param name="seed">Key.</param>
    /// <param name="stream">Which use of random numbers: <see cref="StreamOf"/> its name.</param>
    /// <param name="step">Number of the call.</param>
    /// <param name="sample">Number of the sample.</param>
    [MethodImpl(Kernel)]
    public static void FillUniformRows(float* target, int features, ulong seed, uint stream, ulong step, ulong sample)
    {
        var block = stackalloc float[4 * Lanes];
        for (var feature = 0; feature < features; feature += 4 * Lanes)
        {
            DrawElements(block, (uint)feature / 4, seed, stream, step, sample);
            Interleave(block, target + feature, Math.Min(4 * Lanes, features - feature));
        }
    }

    /// <summary>One row, normal with mean 0 and deviation 1.</summary>
    /// <inheritdoc cref="FillUniformRows"/>
    /// <typeparam name="V">The vector width.</typeparam>
    [MethodImpl(Kernel)]
    public static void FillNormalRows<V>(float* target, int features, ulong seed, uint stream, ulong step, ulong sample)
        where V : struct, IVector<V>
    {
        var block = stackalloc float[4 * Lanes];
        for (var feature = 0; feature < features; feature += 4 * Lanes)
        {
            DrawElements(block, (uint)feature / 4, seed, stream, step, sample);
            MakeNormal<V>(block);
            Interleave(block, target + feature, Math.Min(4 * Lanes, features - feature));
        }
    }

    /// <summary>The one element of a row that <see cref="FillUniformRows"/> would give.</summary>
    internal static float Uniform(uint element, ulong seed, uint stream, ulong step, ulong sample)
    {
        Span<float> numbers = stackalloc float[4];
        DrawOne(numbers, element / 4, seed, stream, step, sample);
        return numbers[(int)(element % 4)];
    }

    /// <summary>The one element of a row that <see cref="FillNormalRows"/> would give.</summary>
    internal static float Normal(uint element, ulong seed, uint stream, ulong step, ulong sample)
    {
        Span<float> numbers = stackalloc float[4];
        DrawOne(numbers, element / 4, seed, stream, step, sample);
        var block = stackalloc float[4 * Lanes];
        for (var i = 0; i < 4; i++) block[i * Lanes] = numbers[i];
        MakeNormal<V128>(block);
        return block[element % 4 * Lanes];
    }

    /// <summary>The generator itself: ten rounds over one counter.</summary>
    /// <param name="counter">Four words, replaced by four random ones.</param>
    /// <param name="key0">First word of the key.</param>
    /// <param name="key1">Second word of the key.</param>
    internal static void Rounds(Span<uint> counter, uint key0, uint key1)
    {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3]);
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)Multiplier0 * c0;
            var p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        (counter[0], counter[1], counter[2], counter[3]) = (c0, c1, c2, c3);
    }

    /// <summary>Uniform numbers of one group of four elements for 16 samples in a row: [element][sample].</summary>
    private static void DrawSamples(float* block, uint group, ulong seed, uint stream, ulong step, ulong firstSample)
    {
        if ((uint)firstSample > uint.MaxValue - (Lanes - 1))
        {
            // The samples' high halves differ, and so do their keys.
            Span<float> sample = stackalloc float[4];
            for (var lane = 0; lane < Lanes; lane++)
            {
                DrawOne(sample, group, seed, stream, step, firstSample + (ulong)lane);
                for (var i = 0; i < 4; i++) block[i * Lanes + lane] = sample[i];
            }

            return;
        }

        for (var lane = 0; lane < Lanes; lane += 8)
        {
            Draw(block + lane, Vector256.Create((ulong)group), Vector256.Create((ulong)group), Count(firstSample + (ulong)lane), Count(firstSample + (ulong)lane + 4), seed, stream, step, firstSample);
        }
    }

    /// <summary>Uniform numbers of 16 groups of four elements of one sample: [element of group][group].</summary>
    private static void DrawElements(float* block, uint group, ulong seed, uint stream, ulong step, ulong sample)
    {
        for (var lane = 0; lane < Lanes; lane += 8)
        {
            Draw(block + lane, Count(group + (ulong)lane), Count(group + (ulong)lane + 4), Vector256.Create(sample), Vector256.Create(sample), seed, stream, step, sample);
        }
    }

    private static Vector256<ulong> Count(ulong first) => Vector256.Create(first) + Vector256.Create(0ul, 1, 2, 3);

    private static uint Key0(ulong seed, ulong step) => (uint)seed ^ (uint)(step >> 32) * 0x85EBCA6B;

    private static uint Key1(ulong seed, ulong sample) => (uint)(seed >> 32) ^ (uint)(sample >> 32) * 0xC2B2AE35;

    private static void DrawOne(Span<float> numbers, uint group, ulong seed, uint stream, ulong step, ulong sample)
    {
        Span<uint> words = [group, (uint)sample, (uint)step, stream];
        Rounds(words, Key0(seed, step), Key1(seed, sample));
        for (var i = 0; i < 4; i++) numbers[i] = (int)(words[i] >> 8) * (1f / 16777216f);
    }

    /// <summary>
    /// The rounds for eight counters at once, a 32-bit word in the low half of each 64-bit lane (what is in the high halves does
    /// not matter); then uniform numbers, word i of the eight at i · 16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Draw(
        float* block, Vector256<ulong> a0, Vector256<ulong> b0, Vector256<ulong> a1, Vector256<ulong> b1,
        ulong seed, uint stream, ulong step, ulong sample)
    {
        var a2 = Vector256.Create((ulong)(uint)step);
        var a3 = Vector256.Create((ulong)stream);
        var (b2, b3) = (a2, a3);
        var (key0, key1) = (Key0(seed, step), Key1(seed, sample));
        for (var round = 0; round < 10; round++)
        {
            var k0 = Vector256.Create((ulong)key0);
            var k1 = Vector256.Create((ulong)key1);
            var p = Multiply(a0, Multiplier0);
            var q = Multiply(a2, Multiplier1);
            (a0, a1, a2, a3) = ((q >> 32) ^ a1 ^ k0, q, (p >> 32) ^ a3 ^ k1, p);
            p = Multiply(b0, Multiplier0);
            q = Multiply(b2, Multiplier1);
            (b0, b1, b2, b3) = ((q >> 32) ^ b1 ^ k0, q, (p >> 32) ^ b3 ^ k1, p);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        StoreUniform(block, a0, b0);
        StoreUniform(block + Lanes, a1, b1);
        StoreUniform(block + 2 * Lanes, a2, b2);
        StoreUniform(block + 3 * Lanes, a3, b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> a, uint b) =>
        Avx2.IsSupported
            ? Avx2.Multiply(a.AsUInt32(), Vector256.Create((ulong)b).AsUInt32())
            : (a & Vector256.Create(0xFFFFFFFFul)) * Vector256.Create((ulong)b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreUniform(float* target, Vector256<ulong> low, Vector256<ulong> high)
    {
        var words = Vector256.Narrow(low, high) >> 8;
        (Vector256.ConvertToSingle(words.AsInt32()) * Vector256.Create(1f / 16777216f)).Store(target);
    }

    /// <summary>Box-Muller over the pairs of rows (0, 1) and (2, 3) of a block.</summary>
    private static void MakeNormal<V>(float* block) where V : struct, IVector<V>
    {
        for (var pair = 0; pair < 4 * Lanes; pair += 2 * Lanes)
        {
            for (var lane = 0; lane < Lanes; lane += V.Count)
            {
                var u = V.Load(block + pair + lane);
                var v = V.Load(block + pair + Lanes + lane);

                // 1 − u is exact and never 0.
                var radius = V.Sqrt(V.Broadcast(-2f) * VectorMath.Log(V.Broadcast(1f) - u));
                var angle = v * V.Broadcast(6.28318531f);
                (radius * VectorMath.Cos(angle)).Store(block + pair + lane);
                (radius * VectorMath.Sin(angle)).Store(block + pair + Lanes + lane);
            }
        }
    }

    /// <summary>[element of group][16 groups] to elements in order.</summary>
    private static void Interleave(float* block, float* target, int count)
    {
        var whole = count / 4 * 4;
        for (var i = 0; i < whole; i += 4)
        {
            var group = block + i / 4;
            target[i] = group[0];
            target[i + 1] = group[Lanes];
            target[i + 2] = group[2 * Lanes];
            target[i + 3] = group[3 * Lanes];
        }

        for (var i = whole; i < count; i++) target[i] = block[i % 4 * Lanes + i / 4];
    }
}
