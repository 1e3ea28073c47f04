using System.Runtime.CompilerServices;

namespace Kiln.Generators.Tests;

/// <summary>Compares text with the <c>*.verified.cs</c> beside the test; <c>UPDATE_SNAPSHOTS=1</c> accepts what came out.</summary>
internal static class Snapshot
{
    public static void Match(string actual, string? scenario = null, [CallerFilePath] string test = "", [CallerMemberName] string name = "")
    {
        var file = $"{Path.GetFileNameWithoutExtension(test)}.{name}{(scenario is null ? "" : "." + scenario)}.verified.cs";
        var verified = Path.Combine(Path.GetDirectoryName(test)!, "Snapshots", file);
        var received = verified.Replace(".verified.", ".received.");
        actual = actual.ReplaceLineEndings("\n");
        Directory.CreateDirectory(Path.GetDirectoryName(verified)!);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") File.WriteAllText(verified, actual);
        File.Delete(received);
        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : "";
        if (actual == expected) return;
        File.WriteAllText(received, actual);
        Assert.Equal(expected, actual);
    }
}
