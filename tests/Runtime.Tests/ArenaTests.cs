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

    /// <summary>The kernel notes of each mapping what was asked for it: "hg".</summary>
    [HugePagesFact]
    public void A_large_block_asks_for_huge_pages()
    {
        using var arena = new Arena(Arena.Large / sizeof(float));
        var (address, isIn) = ((nint)arena.Pointer, false);
        Assert.Equal(0, address % Arena.HugePage);
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            var range = line.Split(' ')[0].Split('-');
            if (range.Length == 2) isIn = Convert.ToInt64(range[0], 16) <= address && address < Convert.ToInt64(range[1], 16);
            if (!isIn || !line.StartsWith("VmFlags:", StringComparison.Ordinal)) continue;
            Assert.Contains(" hg", line);
            return;
        }
        Assert.Fail("the block is in no mapping");
    }

    private sealed class HugePagesFactAttribute : FactAttribute
    {
        public HugePagesFactAttribute()
        {
            if (!Directory.Exists("/sys/kernel/mm/transparent_hugepage")) Skip = "This system has no huge pages that a program can ask for.";
        }
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
