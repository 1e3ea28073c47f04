using System.IO.Enumeration;

namespace Kiln;

/// <summary>
/// Settings of an optimizer for some parameters: <c>new AdamW(1e-3) { Groups = [new("*.bias") { Decay = 0 }, new("conv1.*") { Rate = 0.1 }] }</c>. Both numbers are factors of what the
/// optimizer has, may be changed between two steps, and are saved with the training.
/// </summary>
public sealed class ParameterGroup
{
    private double rate = 1;
    private double decay = 1;

    /// <summary>A group of parameters.</summary>
    /// <param name="pattern">Their names, such as <c>conv1.weight</c>; a star stands for any characters, a question mark for one.</param>
    /// <exception cref="ArgumentException">The pattern is null or empty.</exception>
    public ParameterGroup(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Pattern = pattern;
    }

    /// <summary>The names of the parameters.</summary>
    public string Pattern { get; }

    /// <summary>What the learning rate is multiplied by, after its schedule. From 0, which lets the parameters rest, to 100. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Rate
    {
        get => rate;
        set => rate = Check(value, nameof(Rate));
    }

    /// <summary>What a decoupled weight decay, such as <see cref="AdamW"/>'s, is multiplied by. From 0 to 100. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double Decay
    {
        get => decay;
        set => decay = Check(value, nameof(Decay));
    }

    /// <summary>Rates and decays are at most 10¹⁸: with factors up to 100 the share that a decay takes stays a float.</summary>
    internal static bool IsFactor(double value) => value is >= 0 and <= 100;

    /// <summary>Whether a parameter is of the group.</summary>
    internal bool Has(string parameter) => FileSystemName.MatchesSimpleExpression(Pattern, parameter, ignoreCase: false);

    private static double Check(double value, string name) =>
        IsFactor(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 100.");
}
