using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>How many threads of a device a step wants. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static partial class DeviceWork
{
    private static int Round16(int floats) => (floats + 15) / 16 * 16;
}
