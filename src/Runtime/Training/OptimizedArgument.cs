using System.ComponentModel;

namespace Kiln.Training;

/// <summary>An [Optimized] input of a Learn program, in one of its declared shapes.</summary>
/// <param name="Variant">Which of the shapes.</param>
/// <param name="Input">Its number among the inputs.</param>
/// <param name="Name">The argument.</param>
/// <param name="PerRow">Elements of a row.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed record OptimizedArgument(int Variant, int Input, string Name, int PerRow);
