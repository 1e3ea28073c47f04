using System.ComponentModel;

namespace Kiln.Training;

/// <summary>What a Learn program computes beside its gradient.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public enum Curvature
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Residuals and their derivatives, for each row: of a program that returns Residuals.</summary>
    Jacobian,

    /// <summary>Second derivatives of the mean loss: of a program marked [Learn(Hessian = true)].</summary>
    Hessian,
}
