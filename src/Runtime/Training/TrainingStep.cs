using System.ComponentModel;

namespace Kiln.Training;

/// <summary>One step on the rows that a <see cref="BatchGather"/> has put side by side.</summary>
/// <param name="samples">Indices of the batch's samples, in order.</param>
/// <returns>The mean loss over them.</returns>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public delegate float TrainingStep(ReadOnlySpan<int> samples);
