using System.Globalization;
using System.Text.RegularExpressions;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// A folder that a Fit writes checkpoints to, <c>step-000001200.safetensors</c> after 1,200 steps. Each is whole or absent. A training of the same network,
/// optimizers and batch that loads one goes on with the same bits, in mid-epoch too:
/// <c>if (CheckpointFolder.Newest("run") is { } path) training.Load(path);</c>
/// </summary>
public sealed partial class CheckpointFolder
{
    private readonly int keep = 3;

    /// <summary>A checkpoint after each epoch, unless <see cref="EverySteps"/> or <see cref="Every"/> says otherwise.</summary>
    /// <param name="path">The folder; it is made if it does not exist.</param>
    /// <exception cref="ArgumentException">There is no path.</exception>
    public CheckpointFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Steps between two checkpoints. Null: no checkpoint by steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public long? EverySteps { get; init => field = Limit.OfSteps(value, nameof(EverySteps)); }

    /// <summary>Time between two checkpoints. Null: no checkpoint by time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public TimeSpan? Every { get; init => field = Limit.OfTime(value, nameof(Every)); }

    /// <summary>Checkpoints that stay: older ones are deleted when a newer one is complete. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int Keep
    {
        get => keep;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Keep));
            keep = value;
        }
    }

    /// <summary>The checkpoint of the largest step in a folder; null if there is none.</summary>
    /// <param name="path">The folder; it need not exist.</param>
    /// <exception cref="ArgumentException">There is no path.</exception>
    public static string? Newest(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return InOrder(path).LastOrDefault();
    }

    /// <summary>The name of the checkpoint after so many steps.</summary>
    internal string FileOf(long step) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"step-{step:D9}.safetensors"));

    /// <summary>Deletes the oldest ones beyond those that stay.</summary>
    internal void Prune()
    {
        foreach (var old in InOrder(Path).SkipLast(Keep)) File.Delete(old);
    }

    private static IEnumerable<string> InOrder(string path) => !Directory.Exists(path) ? [] :
        from file in Directory.GetFiles(path, "step-*.safetensors")
        let match = Name().Match(System.IO.Path.GetFileName(file))
        where match.Success
        orderby long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        select file;

    [GeneratedRegex(@"^step-(\d{9,18})\.safetensors$")]
    private static partial Regex Name();
}
