using System.ComponentModel;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>
/// Which vector width the kernels run at. Compiled code asks the hardware first, so that the compiler drops what the
/// processor lacks, and then this class:
/// <code>
/// if (Vector512.IsHardwareAccelerated &amp;&amp; Processor.VectorBits == 512) Learn&lt;V512&gt;(frame, workers);
/// else if (Vector256.IsHardwareAccelerated &amp;&amp; Processor.VectorBits >= 256) Learn&lt;V256&gt;(frame, workers);
/// else Learn&lt;V128&gt;(frame, workers);
/// </code>
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Processor
{
    private static int vectorBits = WidestVectorBits;

    /// <summary>
    /// The widest vectors worth using here: 512, 256 or 128 bits. 256 asks for fused multiply-add as well, without which
    /// nothing is gained over 128.
    /// </summary>
    public static int WidestVectorBits =>
        Vector512.IsHardwareAccelerated ? 512 :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? 256 : 128;

    /// <summary>
    /// The width in use, <see cref="WidestVectorBits"/> unless set. Setting it is an internal switch of tests and
    /// measurements: it holds for the whole process, results do not depend on it, speed does.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 128, 256 or 512, or more than this processor has.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static int VectorBits
    {
        get => vectorBits;
        set
        {
            if (value is not (128 or 256 or 512) || value > WidestVectorBits)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, $"The vector width must be 128, 256 or 512 bits and at most the {WidestVectorBits} of this processor.");
            }

            vectorBits = value;
        }
    }
}
