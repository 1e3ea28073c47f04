namespace Kiln.Networks.Tests.Api;

/// <summary>The user's half: softmax regression on 4 features and 3 classes.</summary>
public sealed partial class Linear;

/// <summary>The user's half of programs over time, with states.</summary>
public sealed partial class Sequences;

/// <summary>A container of a network.</summary>
public static partial class Outer
{
    /// <summary>The user's half; the methods are only there to be named.</summary>
    internal partial class Programs
    {
        private static int Encode(int x) => x;

        private static int Judge(int x) => x;
    }
}
