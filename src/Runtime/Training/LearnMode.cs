using System.ComponentModel;

namespace Kiln.Training;

/// <summary>What a call of a Learn program computes.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public enum LearnMode
{
    /// <summary>Loss and gradients: a part of a step.</summary>
    Gradients,

    /// <summary>The loss that a step would have.</summary>
    Loss,

    /// <summary>The loss of the network as it is used: without dropout, with running statistics.</summary>
    InUse,
}
