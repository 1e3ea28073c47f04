using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>How a parameter lies in the parameter block; its logical shape is the checkpoint's.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public enum ParameterStorage
{
    /// <summary>Row-major, padded with zeros to a multiple of 16 floats.</summary>
    Flat,

    /// <summary>A matrix [K, M] in panels of 32 columns: [M/32][K][32]; a last panel of at most 16 columns is 16 wide. Pads are zero.</summary>
    Panels,

    /// <summary>A dense weight [units, inputs]: its transpose [inputs, units] in panels.</summary>
    TransposedPanels,

    /// <summary>A convolution weight [channels out, channels in, …kernel]: panels with K = (…kernel, channel in) and M = channel out.</summary>
    ConvolutionPanels,
}
