using System.Text.RegularExpressions;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Gpu;

// Steps that follow each other and have few elements are one kernel, a run: to start a kernel costs more than what they do.
internal sealed partial class LaunchWriter
{
    /// <summary>Threads that a step of a run has at most, of a step over the batch for 16 rows: one group of threads does them all.</summary>
    private const int FewThreads = 512;

    /// <summary>Views that a run has at most.</summary>
    public const int MostViews = 32;

    // Steps that the run to be written has so far.
    private readonly List<(StepLaunch Launch, string Comment)> _run = [];

    protected override void WriteStep(Step step, CodeWriter code, List<string> comments)
    {
        // What a line declares comes first.
        StepLaunch[] launches = [.. step.Domain == Domain.Output ? OutputStep(step) : BatchStep(step)];
        if (launches.Length == 1 && launches[0] is { Few: <= FewThreads } few)
        {
            if (_run.Count > 0 && _run[0].Launch.IsBatched != few.IsBatched || ViewsOf(_run.Select(r => r.Launch).Append(few)).Length > MostViews) EndRun(code);
            _run.Add((few, step.Comment));
            return;
        }
        EndRun(code);
        code.Comment(step.Comment);
        foreach (var launch in launches) code.Line(Text(launch));
    }

    protected override void EndRun(CodeWriter code)
    {
        if (_run.Count == 0) return;
        foreach (var (_, comment) in _run) code.Comment(comment);
        code.Line(_run.Count == 1 ? Text(_run[0].Launch) : RunText([.. _run.Select(r => r.Launch)]));
        _run.Clear();
    }

    private static (string Place, string Type)[] ViewsOf(IEnumerable<StepLaunch> launches) => [.. launches.SelectMany(l => l.Views).Select(v => (v.Place, v.Type)).Distinct()];

    /// <summary>A group of threads, of steps over the batch one for each block of 16 rows, which does one step of the run after the other.</summary>
    private string RunText(StepLaunch[] run)
    {
        var isBatched = run[0].IsBatched;
        var (views, numbers) = (ViewsOf(run), run.SelectMany(l => l.Numbers).Distinct().ToArray());
        HashSet<string> taken = ["i", "Grid", "Group", "Threads"];
        var viewNames = views.ToDictionary(v => v, v => Identifiers.Escape(Identifiers.Unique(NameOf(v.Place, "view"), taken)));
        var numberNames = numbers.ToDictionary(n => n, n => Identifiers.Unique(n == "frame->Rows" ? "rowsOfCall" : NameOf(n, "number"), taken));
        var code = new CodeWriter().Open();
        for (var s = 0; s < run.Length; s++)
        {
            var step = run[s];
            var arguments = step.Views.Select(v => viewNames[(v.Place, v.Type)]).Concat(step.Numbers.Select(n => numberNames[n]));
            if (s > 0) code.Line("Group.Barrier();");
            code.Line($"for (var i = Group.IdxX; i < {step.Few}; i += Threads.Group) {kernels.AddMethod(step.Body)}({(isBatched ? $"Grid.IdxX * {step.Few} + " : "")}i, {string.Join(", ", arguments)});");
        }
        var parameters = views.Select(v => $"ArrayView<{v.Type}> {viewNames[v]}").Concat(numbers.Select(n => $"int {numberNames[n]}"));
        var last = run[run.Length - 1].Body;
        var kernel = kernels.Add(new StepBody(last.Name + "Run", $"{run.Length} steps{(isBatched ? ", a block of 16 rows for each group of threads" : " by one group of threads")}.", string.Join(", ", parameters), code.Close().ToString()));
        return Run(kernel, isBatched ? "128L * blocks" : "128", views.Select(v => v.Place), numbers);
    }

    /// <summary>A name like that of the host's variable, without its number: so that runs of several programs are one.</summary>
    private static string NameOf(string place, string otherwise) => Regex.Match(place, @"^@?([a-z]\w*)$") is { Success: true } match && Regex.Replace(match.Groups[1].Value, "[0-9]", "") is { Length: > 1 } name ? name : otherwise;

    private string Text(StepLaunch launch) => Run(kernels.Add(launch.Body), launch.Threads, launch.Views.Select(v => v.Place), launch.Numbers);

    private static string Run(string kernel, string threads, IEnumerable<string> views, IEnumerable<string> numbers) =>
        $"device.Run({kernel}, {threads}, [{string.Join(", ", views.Select(v => $"(nint){(v.Contains(' ') ? $"({v})" : v)}"))}], [{string.Join(", ", numbers.Select(n => IsInt(n) ? n : $"(int)({n})"))}]);";

    private static bool IsInt(string number) => number is "rows" or "blocks" or "frame->Rows" || int.TryParse(number, out _);
}
