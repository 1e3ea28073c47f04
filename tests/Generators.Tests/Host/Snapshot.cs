using System.Runtime.CompilerServices;

namespace Kiln.Generators.Tests;

/// <summary>Compares text with the <c>*.verified.txt</c> beside the test; <c>UPDATE_SNAPSHOTS=1</c> accepts what came out. Verify's file convention.</summary>
internal static class Snapshot
{
    public static void Match(string actual, string ending = "txt", [CallerFilePath] string test = "", [CallerMemberName] string name = "")
    {
        var verified = Path.Combine(Path.GetDirectoryName(test)!, $"{Path.GetFileNameWithoutExtension(test)}.{name}.verified.{ending}");
        var received = verified.Replace(".verified.", ".received.");
        actual = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") File.WriteAllText(verified, actual);
        File.Delete(received);
        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : "";
        if (actual == expected) return;
        File.WriteAllText(received, actual);
        Assert.Equal(expected, actual);
    }
}
