using Kiln.Data;

namespace Kiln.Runtime.Tests;

public class SeedTests
{
    [Fact]
    public void Any_integer_is_a_seed()
    {
        Seed[] minusOne = [-1, -1L, ulong.MaxValue, (sbyte)-1];
        Assert.All(minusOne, seed => Assert.Equal(ulong.MaxValue, seed.Value));
        Seed[] seven = [7, 7u, 7L, 7UL, (byte)7, (short)7, (ushort)7, (char)7];
        Assert.All(seven, seed => Assert.Equal(7UL, seed.Value));
        Assert.Equal(0UL, default(Seed).Value);
        Assert.Equal("18446744073709551615", minusOne[0].ToString());
    }

    [Fact]
    public void The_type_of_the_integer_does_not_matter()
    {
        int seed = -3;
        Assert.Equal(Digits.Generate(10, unchecked((ulong)seed)).Images, Digits.Generate(10, seed).Images);
        Assert.Equal(new BatchSampler(20, 20, unchecked((ulong)seed))[0].ToArray(), new BatchSampler(20, 20, seed)[0].ToArray());
    }
}
