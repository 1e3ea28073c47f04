namespace Kiln.Runtime.Tests;

public sealed class EnglishTests
{
    [Theory]
    [InlineData(0, "row", "0 rows")]
    [InlineData(1, "row", "1 row")]
    [InlineData(2, "row", "2 rows")]
    [InlineData(1, "last axis", "1 last axis")]
    [InlineData(3, "last axis", "3 last axes")]
    [InlineData(2, "class", "2 classes")]
    [InlineData(2, "batch", "2 batches")]
    public void A_noun_follows_its_number(int number, string noun, string expected)
    {
        Assert.Equal(expected, English.Count(number, noun));
        Assert.Equal(expected, English.Count((UInt128)number, noun));
    }

    [Fact]
    public void Large_numbers_have_groups_where_they_are_asked_for()
    {
        Assert.Equal("1234567 steps", English.Count(1_234_567L, "step"));
        Assert.Equal("1,234,567 steps", English.Count(1_234_567L, "step", "N0"));
        Assert.Equal("1 step", English.Count(1L, "step", "N0"));
    }

    [Fact]
    public void The_verb_follows_the_number_too()
    {
        Assert.Equal("there is 1", English.There(1));
        Assert.Equal("there are 2 classes", English.There(2, "class"));
        Assert.Equal(["are", "is", "are"], new[] { 0, 1, 2 }.Select(English.Is));
    }
}
