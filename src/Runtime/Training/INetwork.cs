namespace Kiln;

/// <summary>What every [Network] class has in common, whatever its programs: weights that can be seen, saved and loaded.</summary>
public interface INetwork : IDisposable
{
    /// <summary>All parameters, in the order of their declaration.</summary>
    IReadOnlyList<ParameterView> AllParameters { get; }

    /// <summary>The parameter of that name.</summary>
    /// <param name="parameter">As in checkpoints: <c>conv1.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    ParameterView this[string parameter] { get; }

    /// <summary>Writes all parameters to a file (safetensors); a file that was there is replaced at the very end, so that it survives a failure.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    void Save(string path);

    /// <summary>Sets all parameters from a file (safetensors), such as <see cref="Save"/> writes: all of them, or after an exception none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="nameInFile">From a parameter's name to its name in the file, such as <c>name => name["logits.".Length..]</c>. Null, as what it returns, for the same name.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged or does not fit: the message names the tensor, what was expected and what came.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    void LoadWeights(string path, Func<string, string?>? nameInFile = null);

    /// <summary>Sets those parameters that a file has under the same name and with the same shape, such as all but the last layer's.</summary>
    /// <param name="path">The file.</param>
    /// <param name="nameInFile">From a parameter's name to its name in the file. Null, as what it returns, for the same name.</param>
    /// <returns>The names of the parameters that were set.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    IReadOnlyList<string> LoadMatching(string path, Func<string, string?>? nameInFile = null);
}
