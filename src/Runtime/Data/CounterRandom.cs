namespace Kiln.Data;

/// <summary>
/// Random numbers for making and ordering data. The n-th number is a pure function of (seed, stream, n) in integer arithmetic
/// (SplitMix64: Steele, Lea and Flood, 2014), so that every machine draws the same.
/// </summary>
internal struct CounterRandom(ulong seed, ulong stream)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(Mix(seed + Golden) ^ Mix(stream * Golden + 1));

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += Golden);

    /// <summary>An integer in [0, bound).</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [low, high); a multiple of 2⁻²⁴ of the distance.</summary>
    public float Uniform(float low, float high) => low + (Next() >> 40) * (1f / (1 << 24)) * (high - low);

    /// <summary>
    /// Bell-shaped around 0 with standard deviation 1, within ±3.47: the sum of four uniform numbers. Only additions, since
    /// logarithms and cosines differ between mathematics libraries in their last bit.
    /// </summary>
    public float Bell()
    {
        var bits = Next();
        var sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
        return (sum - 2 * 0xFFFF) * (1.7320508f / 0x10000);
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
        return bits ^ bits >> 31;
    }
}
