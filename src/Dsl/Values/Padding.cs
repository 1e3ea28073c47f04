namespace Kiln;

/// <summary>How far windows reach over an image's edge: a number of pixels on every side, or one of these.</summary>
public static class Padding
{
    /// <summary>No padding: windows stay inside.</summary>
    public const int Valid = 0;

    /// <summary>
    /// The output's size is ⌈size / stride⌉. Where the padding needed is odd, the larger half goes to the right and the bottom
    /// (as in TensorFlow).
    /// </summary>
    public const int Same = -1;
}
