using System.Text.RegularExpressions;

namespace Kiln.Checkpoints;

/// <summary>
/// The file beside a target that becomes the target at the end. Whoever writes it holds it open, and with it a lock, until it has its name: so
/// one that can be locked belongs to a process that has ended.
/// </summary>
internal static partial class TemporaryFile
{
    private const int Attempts = 4;

    /// <summary>Creates and locks one.</summary>
    /// <param name="target">The full path of the target.</param>
    /// <param name="path">Its own.</param>
    public static FileStream Create(string target, out string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            path = $"{target}.{Path.GetRandomFileName()}.tmp";
            FileStream? stream = null;
            try
            {
                // Others may rename it, as its own process does on Windows while it is open, but not open it.
                stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
                // Between its creation and its lock somebody may have taken it for one that was left behind.
                if (File.Exists(path)) return stream;
            }
            catch (IOException) when (attempt < Attempts)
            {
            }
            stream?.Dispose();
            if (attempt == Attempts) throw new IOException($"The file {path} vanished.");
        }
    }

    /// <summary>Deletes those of a target whose processes ended before they had finished. What cannot be deleted stays.</summary>
    /// <param name="target">The full path of the target.</param>
    public static void DeleteAbandoned(string target)
    {
        try
        {
            if (Path.GetDirectoryName(target) is not { } folder) return;
            var name = Path.GetFileName(target);
            foreach (var path in Directory.EnumerateFiles(folder, $"{name}.*.tmp"))
                if (Ending().IsMatch(Path.GetFileName(path)[name.Length..])) DeleteIfAbandoned(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Cleaning up is optional, so errors are ignored.
        }
    }

    private static void DeleteIfAbandoned(string path)
    {
        try
        {
            using var _ = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody writes it.
        }
    }

    // As Path.GetRandomFileName makes it.
    [GeneratedRegex(@"^\.[a-z0-9]{8}\.[a-z0-9]{3}\.tmp$")]
    private static partial Regex Ending();
}
