namespace Kiln.Samples.Networks;

/// <summary>
/// Spectra of an EEG or of local field potentials, 46 frequencies by 46 moments, in three classes. The first convolution gives 40 maps of 22×22.
/// </summary>
[Network, Input(1, 46, 46)]
[Conv2D(40, Kernel = 4, Stride = 2), Relu, MaxPool2D(2)]
[Conv2D(100, Kernel = 5), Relu, MaxPool2D(2)]
[Flatten, Dense(3)]
[CrossEntropy]
public sealed partial class SpectralEeg;
