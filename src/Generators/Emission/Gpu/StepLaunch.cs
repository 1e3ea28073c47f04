namespace Kiln.Generators.Emission.Gpu;

/// <summary>A view of a kernel.</summary>
/// <param name="Name">The kernel's parameter.</param>
/// <param name="Place">Its address, on the host.</param>
/// <param name="Type">Of its elements.</param>
internal readonly record struct View(string Name, string Place, string Type = "float");

/// <summary>What a thread does for a step: a kernel, or a method that a kernel calls.</summary>
/// <param name="Name">A name for it.</param>
/// <param name="Summary">What is computed, and of which shapes.</param>
/// <param name="Parameters">Views first, then whole numbers.</param>
/// <param name="Text">Statements in braces, or a call. The thread's number is <c>thread</c>; a call that has it has it first.</param>
internal sealed record StepBody(string Name, string Summary, string Parameters, string Text)
{
    private bool IsCall => Text[0] != '{';

    /// <summary>As a kernel's: the thread's number is that among all threads.</summary>
    public string AsKernel => IsCall ? $"    => {Text.Replace("(thread, ", "(Threads.Index, ")};\n"
        : Text.Contains("var rest = thread;") ? Text.Replace("var rest = thread;", "var rest = Threads.Index;")
        : Text.Contains("thread") ? "{\n    var thread = Threads.Index;\n" + Text.Substring(2) : Text;

    /// <summary>As a method's: the thread's number is its first parameter.</summary>
    public string AsMethod => IsCall ? $"    => {Text};\n" : Text;
}

/// <summary>How a step is started on a device.</summary>
/// <param name="Body">What its threads do.</param>
/// <param name="Threads">How many there are, on the host.</param>
/// <param name="Views">The views' addresses.</param>
/// <param name="Numbers">The whole numbers, on the host.</param>
internal sealed record StepLaunch(StepBody Body, string Threads, IReadOnlyList<View> Views, IReadOnlyList<string> Numbers)
{
    /// <summary>Of a step whose threads work each by itself: how many there are, of a step over the batch for 16 rows. Their numbers follow each other. Null for other steps.</summary>
    public long? Few { get; init; }

    /// <summary>Whether it computes each row of the batch by itself.</summary>
    public bool IsBatched { get; init; }
}
