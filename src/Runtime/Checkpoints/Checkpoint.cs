using System.ComponentModel;
using Kiln.Metrics;

namespace Kiln.Checkpoints;

/// <summary>Saves and restores tensors in safetensors files: what <c>Save</c> and <c>Load</c> of networks and trainings are made of.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class Checkpoint
{
    private const int Named = 5;

    /// <summary>
    /// Writes a file beside the target and renames it at the very end: whatever fails, a file that was there stays as it was, and no
    /// other is left behind. What a process that was killed while it saved has left is deleted.
    /// </summary>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <param name="tensors">Written in this order.</param>
    /// <exception cref="CheckpointException">The file cannot be written, a number is NaN or infinite, or two tensors have one name.</exception>
    /// <exception cref="ObjectDisposedException">A tensor's memory was given back.</exception>
    public static void Save(string path, IReadOnlyList<CheckpointTensor> tensors) => Save(path, tensors, static file => file);

    /// <param name="path">The file.</param>
    /// <param name="tensors">Written in this order.</param>
    /// <param name="through">What is written to instead of the file beside the target: it passes everything on.</param>
    internal static void Save(string path, IReadOnlyList<CheckpointTensor> tensors, Func<Stream, Stream> through)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name)) throw new CheckpointException(path, $"two tensors have the name '{tensor.Name}'.", tensor.Name);
        }

        var target = Path.GetFullPath(path);
        var temporary = "";
        try
        {
            TemporaryFile.DeleteAbandoned(target);
            using var file = TemporaryFile.Create(target, out temporary);
            using var stream = through(file);
            stream.Write(SafetensorsHeader.Write(tensors));
            var writer = new TensorWriter(stream, path);
            foreach (var tensor in tensors) tensor.Write(writer);

            // On the disk before the rename: a crash in between must not leave an empty file under the name.
            stream.Flush();
            file.Flush(flushToDisk: true);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e)
        {
            if (temporary.Length > 0) Delete(temporary);

            // The third is what a stream throws when the file grows beyond what the file system or the process may have.
            if (e is not CheckpointException && e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException) throw new CheckpointException(path, $"it could not be saved. {e.Message}", inner: e);
            throw;
        }
    }

    /// <summary>Sets all tensors from a file: all of them, or after an exception none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The file must have just these names, with these shapes. F32, F64, F16 and BF16 are converted.</param>
    /// <param name="allowNonFinite">Take NaN and infinities too.</param>
    /// <param name="advice">Told where names do not fit: what else the caller can do.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, is damaged, or does not fit.</exception>
    /// <exception cref="ObjectDisposedException">A tensor's memory was given back.</exception>
    public static void Load(string path, IReadOnlyList<CheckpointTensor> tensors, bool allowNonFinite = false, string advice = "") =>
        Load(path, _ => tensors, allowNonFinite, advice);

    /// <summary>The same where what is to be set depends on what the file has.</summary>
    /// <param name="path">The file.</param>
    /// <param name="choose">From the names in the file to the tensors that it must have.</param>
    /// <param name="allowNonFinite">Take NaN and infinities too.</param>
    /// <param name="advice">Told where names do not fit.</param>
    internal static void Load(string path, Func<IEnumerable<string>, IReadOnlyList<CheckpointTensor>> choose, bool allowNonFinite, string advice) =>
        Read(path, (stream, header) =>
        {
            var tensors = choose(header.Entries.Keys);
            CheckNames(path, header, tensors, advice);
            foreach (var tensor in tensors)
            {
                var entry = header.Entries[tensor.Name];
                if (!tensor.Accepts(entry))
                    throw new CheckpointException(path, $"tensor '{tensor.Name}' has shape [{string.Join(", ", entry.Shape)}]; expected {tensor.ExpectedShape}.", tensor.Name);
            }

            return Assign(path, stream, header, tensors, allowNonFinite);
        });

    /// <summary>Sets those tensors that the file has under the same name with the same shape; the others, here and there, are left alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What may be set.</param>
    /// <param name="allowNonFinite">Take NaN and infinities too.</param>
    /// <returns>Those that were set, in their order.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged.</exception>
    /// <exception cref="ObjectDisposedException">A tensor's memory was given back.</exception>
    public static IReadOnlyList<CheckpointTensor> LoadMatching(string path, IReadOnlyList<CheckpointTensor> tensors, bool allowNonFinite = false)
    {
        CheckpointTensor[] matching = [];
        Read(path, (stream, header) =>
        {
            matching = [.. tensors.Where(t => header.Entries.TryGetValue(t.Name, out var entry) && entry.HasShape(t.Shape))];
            return Assign(path, stream, header, matching, allowNonFinite);
        });
        return matching;
    }

    private static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The exception under way says more.
        }
    }

    /// <summary>Opens the file, lets <paramref name="prepare"/> check and read everything, closes it, and only then assigns.</summary>
    private static void Read(string path, Func<Stream, SafetensorsHeader, Action> prepare)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Action assign;
        try
        {
            TemporaryFile.DeleteAbandoned(Path.GetFullPath(path));
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            assign = prepare(stream, SafetensorsHeader.Read(stream, path));
        }
        catch (Exception e) when (e is IOException and not (CheckpointException or FileNotFoundException or DirectoryNotFoundException) or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"it could not be read. {e.Message}", inner: e);
        }

        assign();
    }

    private static Action Assign(string path, Stream stream, SafetensorsHeader header, IReadOnlyList<CheckpointTensor> tensors, bool allowNonFinite)
    {
        var assignments = new List<Action>();
        foreach (var tensor in tensors)
        {
            var entry = header.Entries[tensor.Name];
            assignments.Add(tensor.Read(new TensorReader(stream, path, entry, header.DataStart + entry.Begin), finite: !allowNonFinite));
        }

        return () => assignments.ForEach(assign => assign());
    }

    private static void CheckNames(string path, SafetensorsHeader header, IReadOnlyList<CheckpointTensor> tensors, string advice)
    {
        var expected = tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. tensors.Select(t => t.Name).Where(name => !header.Entries.ContainsKey(name))];
        string[] unknown = [.. header.Entries.Keys.Where(name => !expected.Contains(name)).Order(StringComparer.Ordinal)];
        if (missing.Length == 0 && unknown.Length == 0) return;
        var problems = new List<string>();
        if (missing.Length > 0) problems.Add($"{missing.Length} of {expected.Count} expected tensors {English.Is(missing.Length)} missing: {Some(missing, name => NearestTo(name, unknown))}");
        if (unknown.Length > 0) problems.Add($"{English.Count(unknown.Length, "tensor")} {English.Is(unknown.Length)} not expected: {Some(unknown)}");
        throw new CheckpointException(path, $"{string.Join("; ", problems)}. {advice}".TrimEnd(), missing.Concat(unknown).First()) { Missing = missing, Unknown = unknown };
    }

    private static string Some(string[] names, Func<string, string>? remark = null) =>
        string.Join(", ", names.Take(Named).Select(name => $"'{name}'{remark?.Invoke(name)}")) + (names.Length > Named ? ", …" : "");

    /// <summary>The name in the file that is most like a missing one: how the two differ is often all that is wrong.</summary>
    private static string NearestTo(string name, string[] unknown) =>
        unknown.MinBy(other => EditDistance.Between<char>(name, other)) is { } nearest && EditDistance.Between<char>(name, nearest) <= Math.Max(name.Length, nearest.Length) * 2 / 3 ? $" (the file has '{nearest}')" : "";
}
