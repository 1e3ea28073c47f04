using System.ComponentModel;

namespace Kiln.Training;

/// <summary>What a validation after an epoch found.</summary>
/// <param name="Figure">The accuracy, or the caller's own figure; null for none.</param>
/// <param name="Loss">The mean loss over the validation data; null for none.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public readonly record struct Validated(double? Figure, double? Loss);
