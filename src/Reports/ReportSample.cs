namespace Kiln;

/// <summary>A picture that a report shows, and what the network made of it.</summary>
/// <param name="Pixels">[channels, height, width], row by row, as in <see cref="Data.ImageSet"/>.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Label">What is right.</param>
/// <param name="Answer">What the network says.</param>
/// <param name="Loss">Its loss.</param>
public sealed record ReportSample(ReadOnlyMemory<byte> Pixels, int Channels, int Height, int Width, string Label, string Answer, double Loss);
