namespace Kiln.Samples.Mnist;

/// <summary>What the command line says.</summary>
/// <param name="Data">Folder of MNIST; null: digits made here.</param>
/// <param name="Network">mlp or lenet.</param>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="Batch">Images per step; null: the network's own.</param>
/// <param name="Seed">Of weights and order.</param>
/// <param name="Threads">0 for one per processor.</param>
/// <param name="Device">cpu, cuda or opencl.</param>
/// <param name="Augment">Whether training images are changed.</param>
/// <param name="Changed">Whether changed test images are measured too.</param>
/// <param name="Save">File for the weights; null: not kept.</param>
/// <param name="Predictions">File for the test set's predicted classes; null: not written.</param>
/// <param name="Report">File for an HTML report; null: not written.</param>
/// <param name="TensorBoard">Folder for TensorBoard's event file; null: not written.</param>
internal sealed record Settings(string? Data, string Network, int Epochs, int? Batch, ulong Seed, int Threads, string Device, bool Augment, bool Changed, string? Save, string? Predictions, string? Report, string? TensorBoard);
