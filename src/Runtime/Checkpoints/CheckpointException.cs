namespace Kiln;

/// <summary>
/// A checkpoint could not be written, or is damaged, or does not fit the network. The message names the file and the tensor, what was
/// expected and what came. Nothing has changed: neither the network, when loading, nor the file, when saving.
/// </summary>
public sealed class CheckpointException : IOException
{
    internal CheckpointException(string path, string problem, string? tensor = null, Exception? inner = null)
        : base($"Checkpoint '{path}': {problem}", inner)
    {
        Path = path;
        Tensor = tensor;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensor that is wrong, or null where it is not about one.</summary>
    public string? Tensor { get; }

    /// <summary>All names that the network has and the file lacks.</summary>
    public IReadOnlyList<string> Missing { get; internal init; } = [];

    /// <summary>All names that the file has and the network lacks.</summary>
    public IReadOnlyList<string> Unknown { get; internal init; } = [];
}
