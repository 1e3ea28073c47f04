using System.ComponentModel;

namespace Kiln.Training;

/// <summary>A state as the network declares it.</summary>
/// <param name="Name">As in checkpoints.</param>
/// <param name="Shape">Of one row.</param>
/// <param name="Initial">Every element after a reset.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed record StateInfo(string Name, int[] Shape, float Initial)
{
    /// <summary>A row has steps of that shape, as many as it has, and none to begin with.</summary>
    public bool IsSequence { get; init; }
}
