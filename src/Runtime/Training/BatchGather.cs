using System.ComponentModel;

namespace Kiln.Training;

/// <summary>Puts the rows of a step's samples side by side, in arrays that the step then reads.</summary>
/// <param name="samples">Indices of the samples, in order.</param>
/// <param name="ahead">Takes what was gathered to the device while that computes another step; null if it does not.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public delegate void BatchGather(ReadOnlySpan<int> samples, InputsAhead? ahead);
