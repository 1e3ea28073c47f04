using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public unsafe class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Memory_is_aligned_and_zero(long length)
    {
        using var arena = new Arena(length);
        Assert.Equal(length, arena.Length);
        Assert.Equal(0, (nint)arena.Pointer % 64);
        for (var i = 0; i < length; i++) Assert.Equal(0, arena.Pointer[i]);
        for (var i = 0; i < length; i++) arena.Pointer[i] = i + 1;
        arena.Clear();
        for (var i = 0; i < length; i++) Assert.Equal(0, arena.Pointer[i]);
    }

    /// <summary>Memory that is reserved for the largest of several sizes is not taken while only the smallest is used.</summary>
    [Fact]
    public void What_is_not_used_takes_no_memory()
    {
        const long Length = 1L << 28;
        var before = Environment.WorkingSet;
        using var arena = new Arena(Length);
        arena.Pointer[0] = arena.Pointer[Length - 1] = 1;
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, Length * sizeof(float) / 4);
    }

    [Fact]
    public void A_disposed_block_has_no_pointer()
    {
        var arena = new Arena(4);
        arena.Dispose();
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)arena.Pointer);
        Assert.Throws<ObjectDisposedException>(arena.Clear);
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(-1));
        Assert.Contains("1152921504606846975 floats", Assert.Throws<OutOfMemoryException>(() => new Arena(long.MaxValue / 8)).Message);
    }
}
