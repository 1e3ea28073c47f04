using System.Diagnostics;

namespace Networks.Tests.Behaviour;

/// <summary>Saving where there is no room, in earnest: the error names the file, the file that was there stays byte for byte, and nothing is left beside it.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-full-").FullName;
    private readonly string _old;

    public FullDiskTests()
    {
        _old = Path.Combine(_folder, "old");
        using var net = new Mlp(seed: 1);
        net.Save(_old);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ShellFact]
    public void Where_files_may_not_be_that_long()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        var target = Path.Combine(disk, "net");
        File.Copy(_old, target);
        // The signal that goes with the limit would end the process.
        Refused(target, Child.Run(["bash", "-c"], "trap '' XFSZ && ulimit -f 100 && exec \"$@\"", "save", target));
        Assert.Equal(File.ReadAllBytes(_old), File.ReadAllBytes(target));
        Assert.Equal([target], Directory.GetFileSystemEntries(disk));
    }

    [MountFact]
    public void Where_the_disk_is_full()
    {
        // In memory, and gone with the process: room for the old file, but not for a second.
        var disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        var target = Path.Combine(disk, "net");
        var lines = Child.Run([.. MountFactAttribute.Shell], $"mount -t tmpfs -o size=1200k none '{disk}' && cp '{_old}' '{target}' && \"$@\" && cmp '{_old}' '{target}' && ls -A '{disk}'", "save", target);
        Refused(target, lines[..^1], "No space left");
        Assert.Equal("net", lines[^1]);
    }

    /// <summary>The network's weights first, then a training.</summary>
    private static void Refused(string target, string[] lines, string why = "")
    {
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith($"{target}: Checkpoint '{target}': it could not be saved. {why}", line));
    }

    /// <summary>Needs a shell that can limit files.</summary>
    private class ShellFactAttribute : FactAttribute
    {
        public ShellFactAttribute()
        {
            if (OperatingSystem.IsWindows()) Skip = "There is no limit on the length of files on Windows.";
        }
    }

    /// <summary>Needs to mount a disk in a namespace of its own.</summary>
    private sealed class MountFactAttribute : ShellFactAttribute
    {
        public static readonly string[] Shell = ["unshare", "-rm", "sh", "-c"];

        private static readonly Lazy<bool> CanMount = new(() =>
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(Shell[0], [.. Shell[1..], "mount -t tmpfs none /tmp"]) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        });

        public MountFactAttribute()
        {
            if (Skip is null && !CanMount.Value) Skip = "This system does not let its users mount a disk of their own.";
        }
    }
}
