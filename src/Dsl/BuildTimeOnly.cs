namespace Kiln;

/// <summary>
/// Thrown where a word of the language is reached by a running program. The compiler evaluates programs while
/// building; none of their code runs afterwards, so this means that a program's method was called as ordinary C#.
/// </summary>
public sealed class BuildTimeOnly : InvalidOperationException
{
    /// <summary>The exception with its one message.</summary>
    public BuildTimeOnly() : base("This is a word of the network language: it has a meaning while the program is built, and is not called when it runs. Call the generated methods instead.") { }
}
