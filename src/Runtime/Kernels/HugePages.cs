using System.Runtime.InteropServices;

namespace Kiln.Kernels;

/// <summary>
/// Loops over blocks that no cache holds look up an address for every page. With pages of 2 MB instead of 4 KB they do that 512 times less often: an update of ten
/// million weights is up to a sixth faster. Linux gives such pages to who asks for them, or to everybody, as its administrator chose.
/// </summary>
internal static class HugePages
{
    private const int Advice = 14;

    /// <summary>Asks for them. Where there are none, everything stays as it is.</summary>
    /// <param name="address">A multiple of 2 MB.</param>
    /// <param name="bytes">How many.</param>
    public static void Ask(nint address, nuint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Advise(address, bytes, Advice);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without this call: its pages are what they are.
        }
    }

    [DllImport("libc", EntryPoint = "madvise"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint address, nuint bytes, int advice);
}
