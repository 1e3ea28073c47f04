namespace Kiln;

/// <summary>
/// Chooses random numbers: the same seed gives the same numbers. Any integer converts to it; a negative one counts as its two's complement in
/// 64 bits, so that −1 of an <see cref="int"/> and of a <see cref="long"/> are the same seed.
/// </summary>
/// <param name="Value">The 64 bits, any.</param>
public readonly record struct Seed(ulong Value)
{
    /// <summary>A seed of these bits.</summary>
    /// <param name="value">Any number.</param>
    public static implicit operator Seed(ulong value) => new(value);

    /// <summary>A seed of this number; a negative one counts as its two's complement.</summary>
    /// <param name="value">Any number.</param>
    public static implicit operator Seed(long value) => new(unchecked((ulong)value));

    /// <summary>A seed of this number; a negative one counts as its two's complement.</summary>
    /// <param name="value">Any number.</param>
    public static implicit operator Seed(int value) => new(unchecked((ulong)value));

    /// <summary>A seed of this number.</summary>
    /// <param name="value">Any number.</param>
    public static implicit operator Seed(uint value) => new(value);

    // Without it a byte, a char and a ushort would convert in three ways, none better than the others.
    /// <summary>A seed of this number.</summary>
    /// <param name="value">Any number.</param>
    public static implicit operator Seed(ushort value) => new(value);

    /// <summary>The number.</summary>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
